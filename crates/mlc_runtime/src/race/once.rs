//! Writes of which no two have met: `a[p[i]] = e` writes one place an iteration, and each once.
//!
//! They are one bit a place, which stays in the caches where numbers of iterations would not, and a list of the places, which is
//! written in order. The numbers are made of that list where a touch comes that is anything else.

/// Places of which each was written by one iteration, and iterations of which each wrote at most one.
pub struct Once {
    /// A bit for each place that was written.
    seen: Vec<u64>,
    places: usize,
    /// What each iteration wrote, up to the last one that did.
    written: Vec<u32>,
}

/// The most places that have numbers.
pub const MOST_PLACES: usize = NONE as usize;

/// No place.
const NONE: u32 = u32::MAX;

impl Once {
    /// Of so many places, and at most so many iterations.
    pub fn new(places: usize, trips: usize) -> Self {
        Self {
            seen: vec![0; places.div_ceil(64)],
            places,
            written: Vec::with_capacity(trips),
        }
    }

    /// Takes a write where it is the only one of its iteration and of its place.
    #[inline]
    pub fn take(&mut self, iteration: i64, place: i64) -> bool {
        let (Ok(at), Ok(iteration)) = (usize::try_from(place), usize::try_from(iteration)) else {
            return false;
        };
        let next = self.written.len();
        if at >= self.places || iteration < next || iteration >= self.written.capacity() {
            return false;
        }
        let (word, bit) = (&mut self.seen[at / 64], 1u64 << (at % 64));
        if *word & bit != 0 {
            return false;
        }
        *word |= bit;
        if iteration != next {
            self.written.resize(iteration, NONE);
        }
        self.written.push(at as u32);
        true
    }

    /// The iterations that wrote each place, by their numbers plus one; 0 is none.
    #[cold]
    pub fn writers(&self) -> Vec<u32> {
        let mut writers = vec![0; self.places];
        for (number, place) in (1u32..).zip(&self.written) {
            if *place != NONE {
                writers[*place as usize] = number;
            }
        }
        writers
    }
}
