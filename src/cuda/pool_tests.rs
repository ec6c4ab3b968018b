use std::cell::Cell;
use std::rc::Rc;

use super::*;
use crate::error::Error;

/// Blocks are numbers; a busy one is as on a GPU that has not got to it yet.
#[derive(Default)]
struct Mock {
    made: Cell<u32>,
    limit: Option<u32>,
}

struct Block {
    number: u32,
    busy: Rc<Cell<bool>>,
}

impl Backing for Mock {
    type Block = Block;
    type Source = ();

    fn allocate(&self, (): &(), _: usize) -> Result<Block> {
        if self.limit == Some(self.made.get()) {
            return Err(Error::invalid("out of memory"));
        }
        self.made.set(self.made.get() + 1);
        Ok(Block { number: self.made.get(), busy: Rc::default() })
    }

    fn ready(&self, block: &Block) -> bool {
        !block.busy.get()
    }

    fn wait(&self, block: &Block) -> Result<()> {
        block.busy.set(false);
        Ok(())
    }
}

#[test]
fn sizes_fall_into_few_classes_that_hold_them() {
    for (bytes, size) in [
        (0, 4096),
        (1, 4096),
        (4097, 8192),
        (1 << 20, 1 << 20),
        ((1 << 20) + 1, 2 << 20),
        (8_294_400, 8 << 20),
    ] {
        assert_eq!(class(bytes), size);
    }
    assert!(
        (1..3_000_000).step_by(997).all(|bytes| class(bytes) >= bytes && class(class(bytes)) == class(bytes))
    );
}

#[test]
fn a_steady_state_allocates_nothing() {
    let pool = Pool::new(Mock::default());
    for frame in 0..1000 {
        let (a, b) = (pool.take(&(), 7, 5000 + frame).unwrap(), pool.take(&(), 7, 100_000).unwrap());
        pool.give(7, 5000 + frame, a);
        pool.give(7, 100_000, b);
    }
    let stats = pool.stats();
    assert_eq!((stats.allocated, stats.reused, stats.waited), (2, 1998, 0));
    assert_eq!((stats.bytes, stats.free_bytes), (8192 + 131_072, 8192 + 131_072));
}

#[test]
fn a_lane_keeps_its_blocks_until_it_is_retired() {
    let pool = Pool::new(Mock::default());
    let block = pool.take(&(), 1, 10).unwrap();
    pool.give(1, 10, block);
    assert_eq!(pool.take(&(), 2, 10).unwrap().number, 2, "the other lane's block may still be in use");
    pool.retire(1);
    assert_eq!(pool.take(&(), 2, 10).unwrap().number, 1);
}

#[test]
fn busy_blocks_are_passed_over_and_in_the_end_waited_for() {
    let pool = Pool::new(Mock::default());
    let busy = |block: Block| {
        block.busy.set(true);
        pool.give(IDLE, 10, block);
    };
    for number in 1..=DEPTH as u32 {
        let block = pool.take(&(), IDLE, 10).unwrap();
        assert_eq!(block.number, number);
        busy(block);
    }
    for round in 0..20 {
        let block = pool.take(&(), IDLE, 10).unwrap();
        assert_eq!(block.number, round % DEPTH as u32 + 1, "the oldest is waited for");
        assert!(!block.busy.get());
        busy(block);
    }
    assert_eq!((pool.stats().allocated, pool.stats().waited), (DEPTH as u64, 20));
}

#[test]
fn failures_leave_the_books_balanced() {
    let pool = Pool::new(Mock { limit: Some(1), ..Mock::default() });
    let block = pool.take(&(), IDLE, 10).unwrap();
    assert!(pool.take(&(), IDLE, 10).is_err());
    pool.give(IDLE, 10, block);
    assert_eq!((pool.stats().bytes, pool.stats().free_bytes), (4096, 4096));
    assert_eq!(pool.trim(), 4096);
    assert_eq!((pool.stats().bytes, pool.stats().free_bytes), (0, 0));
}
