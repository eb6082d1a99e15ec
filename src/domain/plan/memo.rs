//! What is worked out once for all paths of a request.
//!
//! Most paths ask the same of the same few expressions and conditions. Entries stay where they are, so
//! that what was found is borrowed, not copied.

use std::cell::OnceCell;

/// Values by key: few enough that they are looked through one by one.
#[derive(Debug)]
pub(super) struct Memo<K, V>(OnceCell<Box<Entry<K, V>>>);

#[derive(Debug)]
struct Entry<K, V> {
    key: K,
    value: V,
    next: Memo<K, V>,
}

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self(OnceCell::new())
    }
}

impl<K, V> Memo<K, V> {
    /// The value whose key `is_it`, or else a new one. Making one may add others.
    pub(super) fn find_or(&self, is_it: impl Fn(&K) -> bool, make: impl FnOnce() -> (K, V)) -> &V {
        let mut end = self;
        while let Some(entry) = end.0.get() {
            if is_it(&entry.key) {
                return &entry.value;
            }
            end = &entry.next;
        }
        let (key, value) = make();
        while let Some(entry) = end.0.get() {
            end = &entry.next;
        }
        let next = Self::default();
        let entry = end.0.get_or_init(|| Box::new(Entry { key, value, next }));
        &entry.value
    }
}

#[cfg(test)]
mod tests {
    use super::Memo;
    use std::cell::Cell;

    #[test]
    fn each_value_is_made_once_and_stays() {
        let made = Cell::new(0);
        let memo = Memo::default();
        let square = |n: u32| {
            memo.find_or(
                |known| *known == n,
                || {
                    made.set(made.get() + 1);
                    (n, n * n)
                },
            )
        };
        let first = square(3);
        assert_eq!((square(5), square(3), square(5)), (&25, &9, &25));
        assert!(std::ptr::eq(first, square(3)));
        assert_eq!(made.get(), 2);
    }

    #[test]
    fn making_a_value_may_make_others() {
        fn sum(memo: &Memo<u32, u32>, n: u32) -> u32 {
            let make = || (n, n + n.checked_sub(1).map_or(0, |less| sum(memo, less)));
            *memo.find_or(|known| *known == n, make)
        }
        let memo = Memo::default();
        assert_eq!(sum(&memo, 4), 10);
        assert_eq!(memo.find_or(|n| *n == 2, || (0, 0)), &3);
    }
}
