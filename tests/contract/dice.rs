//! A small generator of numbers: the same ones in every run.

/// Its state (xorshift64*).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap() % n
    }

    /// A number below `n`, the smaller the likelier: the least of them most of all.
    pub(crate) fn skewed(&mut self, n: usize) -> usize {
        (0..3).fold(n, |bound, _| self.below(bound.max(1)) + 1) - 1
    }

    /// Any of them.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}
