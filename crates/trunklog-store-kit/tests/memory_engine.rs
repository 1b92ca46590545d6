//! The reference engine passes the kit, so the kit can be passed.

trunklog_store_kit::store_kit!(trunklog_store_kit::MemoryEngine::new());
