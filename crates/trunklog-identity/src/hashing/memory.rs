//! The memory in which secrets are hashed.

use argon2::Block;

/// How much a hash of ours takes, in blocks of 1 KiB.
///
/// Source: OWASP Password Storage Cheat Sheet, argon2id, second row, which is
/// enough for passwords. Client secrets are random and would need less.
pub(crate) const MEMORY_KIB: u32 = 19_456;
const USUAL_BLOCKS: usize = MEMORY_KIB as usize;

/// Argon2's blocks, 1 KiB each, kept from one hash to the next.
///
/// A hash needs 19 MiB. Asked for and freed each time, these pieces end up
/// scattered over the allocator's arenas, one for each thread that ever hashed,
/// and a flood of wrong secrets takes a gigabyte that never comes back.
#[derive(Default)]
pub(crate) struct Memory(Vec<Block>);

impl Memory {
    /// That many blocks, whose content does not matter. `None` if there is no
    /// memory for them.
    pub(crate) fn blocks(&mut self, count: usize) -> Option<&mut [Block]> {
        if let Some(missing) = count.checked_sub(self.0.len()).filter(|&missing| missing > 0) {
            self.0.try_reserve_exact(missing).ok()?;
            self.0.resize(count, Block::new());
        }
        self.0.get_mut(..count)
    }

    /// Makes it fit for the next hash: nothing is left of the last one, which
    /// may have been that of somebody's mistyped password, and what an unusual
    /// hash needed beyond the usual is given back.
    pub(crate) fn clean(&mut self) {
        self.0.truncate(USUAL_BLOCKS);
        self.0.shrink_to_fit();
        self.0.fill(Block::new());
    }

    /// Whether anything was ever hashed in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memory_grows_as_needed_and_is_clean_afterwards() {
        let mut memory = Memory::default();
        assert!(memory.is_empty());
        memory.blocks(2 * USUAL_BLOCKS).unwrap()[0] = {
            let mut block = Block::new();
            block.as_mut()[0] = 7;
            block
        };
        memory.clean();
        assert_eq!((memory.0.len(), memory.0.capacity()), (USUAL_BLOCKS, USUAL_BLOCKS));
        let blocks = memory.blocks(USUAL_BLOCKS).unwrap();
        assert!(blocks.iter().all(|block| block.as_ref().iter().all(|&word| word == 0)));
    }

    #[test]
    fn what_there_is_not_is_no_reason_to_panic() {
        assert!(Memory::default().blocks(usize::MAX / 4096).is_none());
    }
}
