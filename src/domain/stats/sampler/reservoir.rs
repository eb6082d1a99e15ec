//! A fair sample of bounded size (Vitter's algorithm R), by a generator of fixed seed.

/// `SplitMix64` (Steele, Lea, Flood 2014): the same sample gives the same statistics.
#[derive(Debug)]
pub(in crate::domain::stats) struct Random(u64);

impl Random {
    pub(in crate::domain::stats) const fn new() -> Self {
        Self(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `bound`; the bias is far below what a sample can tell.
    const fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }
}

/// At most so many of all that came by.
#[derive(Debug)]
pub(in crate::domain::stats) struct Reservoir<T> {
    most: usize,
    seen: u64,
    kept: Vec<T>,
}

impl<T> Reservoir<T> {
    pub(in crate::domain::stats) const fn new(most: usize) -> Self {
        Self {
            most,
            seen: 0,
            kept: Vec::new(),
        }
    }

    /// One more came by; it is made only if it is kept.
    pub(in crate::domain::stats) fn offer(
        &mut self,
        random: &mut Random,
        make: impl FnOnce() -> T,
    ) {
        self.seen += 1;
        if self.kept.len() < self.most {
            self.kept.push(make());
            return;
        }
        let place = usize::try_from(random.below(self.seen));
        if let Some(slot) = place.ok().and_then(|place| self.kept.get_mut(place)) {
            *slot = make();
        }
    }

    /// How many came by.
    pub(in crate::domain::stats) const fn seen(&self) -> u64 {
        self.seen
    }

    pub(in crate::domain::stats) fn into_kept(self) -> Vec<T> {
        self.kept
    }
}
