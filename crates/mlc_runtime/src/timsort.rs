//! CPython's sort, comparison by comparison, for items that have no order: where one of them is not a number, the result
//! depends on which items are compared.
//!
//! T. Peters, "listsort.txt" (CPython 3.11, Objects); the order of the merges is that of J. I. Munro and S. Wild, "Nearly-Optimal
//! Mergesorts: Fast, Practical Sorting Methods That Optimally Adapt to Existing Runs" (2018).

/// That many wins in a row make a merge gallop.
const MIN_GALLOP: usize = 7;

/// Sorts as `list.sort` of CPython 3.11 does.
pub fn sort<T: Copy>(items: &mut [T], less: impl Fn(&T, &T) -> bool) {
    let least = shortest_run(items.len());
    let mut sorter = Sorter {
        items,
        less,
        runs: Vec::new(),
        gallop: MIN_GALLOP,
    };
    let count = sorter.items.len();
    let mut start = 0;
    while start < count {
        let mut len = sorter.run_at(start);
        if len < least {
            let forced = least.min(count - start);
            sorter.insert_from(start, start + forced, start + len);
            len = forced;
        }
        sorter.push(start, len);
        start += len;
    }
    sorter.merge_all();
}

/// A number from 32 to 64 of which `count` is about a power of two times, or `count` where it is smaller.
fn shortest_run(mut count: usize) -> usize {
    let mut rest = 0;
    while count >= 64 {
        rest |= count & 1;
        count >>= 1;
    }
    count + rest
}

/// Items in order, beside those of the run before.
struct Run {
    start: usize,
    len: usize,
    /// The depth, in a nearly balanced tree of merges, at which it meets the next run.
    power: u32,
}

struct Sorter<'i, T, L> {
    items: &'i mut [T],
    less: L,
    runs: Vec<Run>,
    gallop: usize,
}

impl<T: Copy, L: Fn(&T, &T) -> bool> Sorter<'_, T, L> {
    /// The length of the run that starts somewhere; one that descends is turned round.
    fn run_at(&mut self, start: usize) -> usize {
        let items = &mut self.items[start..];
        if items.len() < 2 {
            return items.len();
        }
        let descends = (self.less)(&items[1], &items[0]);
        let mut len = 2;
        while len < items.len() && (self.less)(&items[len], &items[len - 1]) == descends {
            len += 1;
        }
        if descends {
            items[..len].reverse();
        }
        len
    }

    /// Inserts the items from `from` on into those before, which are in order.
    fn insert_from(&mut self, start: usize, end: usize, from: usize) {
        for at in from..end {
            let pivot = self.items[at];
            let (mut left, mut right) = (start, at);
            while left < right {
                let middle = left + (right - left) / 2;
                match (self.less)(&pivot, &self.items[middle]) {
                    true => right = middle,
                    false => left = middle + 1,
                }
            }
            self.items[left..=at].rotate_right(1);
        }
    }

    fn push(&mut self, start: usize, len: usize) {
        if let Some(last) = self.runs.last() {
            let power = power(last.start, last.len, len, self.items.len());
            while self.runs.len() > 1 && self.runs[self.runs.len() - 2].power > power {
                self.merge_at(self.runs.len() - 2);
            }
            if let Some(last) = self.runs.last_mut() {
                last.power = power;
            }
        }
        let power = 0;
        self.runs.push(Run { start, len, power });
    }

    fn merge_all(&mut self) {
        while self.runs.len() > 1 {
            let mut at = self.runs.len() - 2;
            if at > 0 && self.runs[at - 1].len < self.runs[at + 1].len {
                at -= 1;
            }
            self.merge_at(at);
        }
    }

    /// Merges a run with the next one.
    fn merge_at(&mut self, at: usize) {
        let next = self.runs.remove(at + 1);
        let first = &mut self.runs[at];
        let (mut start, mut len) = (first.start, first.len);
        first.len += next.len;
        // What is in place already stays.
        let key = self.items[next.start];
        let skipped = gallop_right(&self.less, &key, &self.items[start..start + len], 0);
        start += skipped;
        len -= skipped;
        if len == 0 {
            return;
        }
        let key = self.items[start + len - 1];
        let other = &self.items[next.start..next.start + next.len];
        let other = gallop_left(&self.less, &key, other, other.len() - 1);
        if other == 0 {
            return;
        }
        match len <= other {
            true => self.merge_low(start, len, other),
            false => self.merge_high(start, len, other),
        }
    }

    /// Merges two neighbors from the left; the first is not longer.
    fn merge_low(&mut self, start: usize, a_len: usize, b_len: usize) {
        let first = self.items[start..start + a_len].to_vec();
        let (mut a, mut b, end) = (0, start + a_len, start + a_len + b_len);
        let mut to = start;
        let mut gallop = self.gallop;
        // Moves items of the second, or of the first.
        macro_rules! take_b {
            ($count:expr) => {
                self.items.copy_within(b..b + $count, to);
                (b, to) = (b + $count, to + $count);
            };
        }
        macro_rules! take_a {
            ($count:expr) => {
                self.items[to..to + $count].copy_from_slice(&first[a..a + $count]);
                (a, to) = (a + $count, to + $count);
            };
        }
        'merge: {
            take_b!(1);
            if b == end || a_len - a == 1 {
                break 'merge;
            }
            loop {
                let (mut a_wins, mut b_wins) = (0, 0);
                loop {
                    if (self.less)(&self.items[b], &first[a]) {
                        take_b!(1);
                        (a_wins, b_wins) = (0, b_wins + 1);
                        if b == end {
                            break 'merge;
                        }
                    } else {
                        take_a!(1);
                        (a_wins, b_wins) = (a_wins + 1, 0);
                        if a_len - a == 1 {
                            break 'merge;
                        }
                    }
                    if a_wins.max(b_wins) >= gallop {
                        break;
                    }
                }
                gallop += 1;
                loop {
                    gallop -= usize::from(gallop > 1);
                    self.gallop = gallop;
                    a_wins = gallop_right(&self.less, &self.items[b], &first[a..], 0);
                    take_a!(a_wins);
                    if a_len - a <= 1 && a_wins > 0 {
                        break 'merge;
                    }
                    take_b!(1);
                    if b == end {
                        break 'merge;
                    }
                    b_wins = gallop_left(&self.less, &first[a], &self.items[b..end], 0);
                    take_b!(b_wins);
                    if b == end {
                        break 'merge;
                    }
                    take_a!(1);
                    if a_len - a == 1 {
                        break 'merge;
                    }
                    if a_wins < MIN_GALLOP && b_wins < MIN_GALLOP {
                        break;
                    }
                }
                gallop += 1;
                self.gallop = gallop;
            }
        }
        // The last of the first run is behind all that is left of the second.
        if a_len - a == 1 {
            self.items.copy_within(b..end, to);
            to += end - b;
        }
        let rest = a_len - a;
        self.items[to..to + rest].copy_from_slice(&first[a..]);
    }

    /// Merges two neighbors from the right; the second is shorter.
    fn merge_high(&mut self, start: usize, a_len: usize, b_len: usize) {
        let middle = start + a_len;
        let second = self.items[middle..middle + b_len].to_vec();
        // How many are left of each; what is merged lies behind them.
        let (mut a, mut b) = (a_len, b_len);
        let mut gallop = self.gallop;
        macro_rules! take_a {
            ($count:expr) => {
                let from = start + a - $count;
                self.items.copy_within(from..from + $count, from + b);
                a -= $count;
            };
        }
        macro_rules! take_b {
            ($count:expr) => {
                let to = start + a + b - $count;
                self.items[to..to + $count].copy_from_slice(&second[b - $count..b]);
                b -= $count;
            };
        }
        'merge: {
            take_a!(1);
            if a == 0 || b == 1 {
                break 'merge;
            }
            loop {
                let (mut a_wins, mut b_wins) = (0, 0);
                loop {
                    if (self.less)(&second[b - 1], &self.items[start + a - 1]) {
                        take_a!(1);
                        (a_wins, b_wins) = (a_wins + 1, 0);
                        if a == 0 {
                            break 'merge;
                        }
                    } else {
                        take_b!(1);
                        (a_wins, b_wins) = (0, b_wins + 1);
                        if b == 1 {
                            break 'merge;
                        }
                    }
                    if a_wins.max(b_wins) >= gallop {
                        break;
                    }
                }
                gallop += 1;
                loop {
                    gallop -= usize::from(gallop > 1);
                    self.gallop = gallop;
                    let left = &self.items[start..start + a];
                    a_wins = a - gallop_right(&self.less, &second[b - 1], left, a - 1);
                    take_a!(a_wins);
                    if a == 0 {
                        break 'merge;
                    }
                    take_b!(1);
                    if b == 1 {
                        break 'merge;
                    }
                    let key = &self.items[start + a - 1];
                    b_wins = b - gallop_left(&self.less, key, &second[..b], b - 1);
                    take_b!(b_wins);
                    if b <= 1 && b_wins > 0 {
                        break 'merge;
                    }
                    take_a!(1);
                    if a == 0 {
                        break 'merge;
                    }
                    if a_wins < MIN_GALLOP && b_wins < MIN_GALLOP {
                        break;
                    }
                }
                gallop += 1;
                self.gallop = gallop;
            }
        }
        // The first of the second run is before all that is left of the first.
        if b == 1 {
            self.items.copy_within(start..start + a, start + 1);
        }
        self.items[start..start + b].copy_from_slice(&second[..b]);
    }
}

/// The depth at which two neighboring runs meet in a tree of merges that halves the list.
fn power(start: usize, len: usize, next: usize, count: usize) -> u32 {
    let mut a = 2 * start + len;
    let mut b = a + len + next;
    let mut depth = 0;
    loop {
        depth += 1;
        if a >= count {
            a -= count;
            b -= count;
        } else if b >= count {
            return depth;
        }
        a <<= 1;
        b <<= 1;
    }
}

/// How far `beats` holds, looked at in growing steps up to `most`: the last step with which it holds, and the first without.
fn steps(most: usize, beats: impl Fn(usize) -> bool) -> (usize, usize) {
    let (mut last, mut step) = (0, 1);
    while step < most && beats(step) {
        last = step;
        step = 2 * step + 1;
    }
    (last, step.min(most))
}

/// The position before the first of some items in order that is not less than a key, looked for around a hint.
fn gallop_left<T>(less: impl Fn(&T, &T) -> bool, key: &T, items: &[T], hint: usize) -> usize {
    let (mut low, mut high) = if less(&items[hint], key) {
        let (last, step) = steps(items.len() - hint, |step| less(&items[hint + step], key));
        (hint + last + 1, hint + step)
    } else {
        let (last, step) = steps(hint + 1, |step| !less(&items[hint - step], key));
        (hint + 1 - step, hint - last)
    };
    while low < high {
        let middle = low + (high - low) / 2;
        match less(&items[middle], key) {
            true => low = middle + 1,
            false => high = middle,
        }
    }
    high
}

/// The position before the first of some items in order that a key is less than, looked for around a hint.
fn gallop_right<T>(less: impl Fn(&T, &T) -> bool, key: &T, items: &[T], hint: usize) -> usize {
    let (mut low, mut high) = if less(key, &items[hint]) {
        let (last, step) = steps(hint + 1, |step| less(key, &items[hint - step]));
        (hint + 1 - step, hint - last)
    } else {
        let (last, step) = steps(items.len() - hint, |step| !less(key, &items[hint + step]));
        (hint + last + 1, hint + step)
    };
    while low < high {
        let middle = low + (high - low) / 2;
        match less(key, &items[middle]) {
            true => high = middle,
            false => low = middle + 1,
        }
    }
    high
}
