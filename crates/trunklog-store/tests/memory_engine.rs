//! The reference engine passes the kit, so the kit can be passed.

trunklog_store::store_kit!(trunklog_store::kit::MemoryEngine::new());
