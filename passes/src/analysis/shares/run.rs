//! What one run of a function may tell: the places that share something are followed along its paths.
//!
//! A run is followed with pairs of places that share a value, and, once it was changed at one of them, with the other: it is *stale*, what
//! is seen there is not what the language means. A pair ends where another value takes one of its places, a stale place where another value
//! takes it.

use super::{
    Seed, Told,
    actions::Action,
    body::Body,
    flow::{Place, carried},
};
use crate::analysis::{
    lost::{Follow, Loss, Next, Thing, Watch},
    place::owner,
};
use melior::ir::{ValueLike, operation::OperationLike};
use mlc_dialects::own;
use mlc_mlir::rewrite::{Op, Val, op_name};
use std::{
    cell::{OnceCell, RefCell},
    collections::{BTreeSet, HashMap},
    rc::Rc,
};

/// What is known of places at one point of a run.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Known<'c, 'a> {
    Shared {
        from: Place<'c, 'a>,
        to: Place<'c, 'a>,
        /// In the loop that makes the copies, each of another item: this one is not copied again.
        is_fresh: bool,
    },
    Stale {
        place: Place<'c, 'a>,
        /// The place where the value was changed.
        changed: Place<'c, 'a>,
    },
}

/// What was found out by following one thing that is shared.
pub struct Run<'c, 'a> {
    body: Rc<Body<'c, 'a>>,
    /// The number of the seed that is followed.
    at: usize,
    /// Whether another seed shares something else.
    apart: RefCell<HashMap<usize, bool>>,
    /// The outermost loop in whose iterations the seed copies something else each time.
    visits: Option<Op<'c, 'a>>,
    found: RefCell<Found<'c, 'a>>,
    /// What is known where the function ends.
    left: RefCell<BTreeSet<Thing>>,
    told: OnceCell<Loss<'c, 'a>>,
}

/// All that was found to be known somewhere, by number.
#[derive(Default)]
struct Found<'c, 'a> {
    list: Vec<Rc<Known<'c, 'a>>>,
    numbers: HashMap<Rc<Known<'c, 'a>>, Thing>,
}

impl<'c: 'a, 'a> Run<'c, 'a> {
    /// Follows what a seed shares, and what shares it by others.
    pub fn of(body: Rc<Body<'c, 'a>>, at: usize) -> Rc<Self> {
        let run = Rc::new(Self::new(body, at));
        let mut watch = Watch::new().following(run.clone(), run.body.route.clone());
        let mut starts = vec![run.seed().op];
        while let Some(op) = starts.pop() {
            let function = watch.start(op);
            starts.extend(function.map_or(&[][..], |function| run.body.calls_of(function)));
        }
        if let Some(loss) = (run.body.entry).and_then(|entry| watch.first_loss(entry)) {
            run.told.get_or_init(|| loss);
        }
        for places in run.left_behind() {
            run.body.add_share(&places);
        }
        run
    }

    /// A read of what is shared behind a change that it does not show.
    pub fn told(&self) -> Option<Told<'c, 'a>> {
        let loss = self.told.get()?;
        let (changed, read) = match (*self.known(loss.used_as)).clone() {
            Known::Shared { from, to, .. } => {
                let writes = |action: &Action<'c, 'a>| action.writes(&from);
                match self.action(loss.used).is_some_and(writes) {
                    true => (from, to),
                    false => (to, from),
                }
            }
            Known::Stale { place, changed } => (changed, place),
        };
        Some(Told {
            copied: self.seed().op,
            changed: loss.lost,
            read: loss.used,
            changed_side: changed.value,
            read_side: read.value,
        })
    }

    /// The places that share something where the function ends.
    fn left_behind(&self) -> Vec<[Place<'c, 'a>; 2]> {
        let left = self.left.borrow();
        let pairs = left.iter().filter_map(|thing| match &*self.known(*thing) {
            Known::Shared { from, to, .. } => Some([from.clone(), to.clone()]),
            Known::Stale { .. } => None,
        });
        pairs.collect()
    }

    fn new(body: Rc<Body<'c, 'a>>, at: usize) -> Self {
        let seed = &body.seeds[at];
        let is_loop = |op: &Op| matches!(op_name(*op), "scf.for" | "scf.while" | "par.for");
        let around = std::iter::successors(seed.op.parent_operation(), |op| op.parent_operation());
        let visits = around
            .filter(is_loop)
            .take_while(|around| seed.from.iter().all(|place| place.depends_on(*around)))
            .last();
        Self {
            body,
            at,
            apart: RefCell::default(),
            visits,
            found: RefCell::default(),
            left: RefCell::default(),
            told: OnceCell::new(),
        }
    }

    fn seed(&self) -> &Seed<'c, 'a> {
        &self.body.seeds[self.at]
    }

    /// What an operation does.
    fn action(&self, op: Op<'c, 'a>) -> Option<&Action<'c, 'a>> {
        self.body.actions.of(op)
    }

    /// What else an operation shares that has to do with this.
    fn others(&self, op: Op<'c, 'a>) -> impl Iterator<Item = &Seed<'c, 'a>> {
        let is_apart = |other: usize| {
            let mut apart = self.apart.borrow_mut();
            *(apart.entry(other)).or_insert_with(|| self.body.are_apart(self.at, other))
        };
        let others = self.body.seeds_at(op).iter();
        others
            .filter(move |other| **other != self.at && !is_apart(**other))
            .map(|other| &self.body.seeds[*other])
    }

    /// Whether anything may be found out of two places that share something.
    fn may_tell(&self, from: &Place<'c, 'a>, to: &Place<'c, 'a>) -> bool {
        self.body.may_tell([from, to], self.seed().op)
    }

    fn number(&self, known: Known<'c, 'a>) -> Thing {
        let mut found = self.found.borrow_mut();
        if let Some(thing) = found.numbers.get(&known) {
            return *thing;
        }
        let thing = found.list.len();
        let known = Rc::new(known);
        found.list.push(known.clone());
        found.numbers.insert(known, thing);
        thing
    }

    fn known(&self, thing: Thing) -> Rc<Known<'c, 'a>> {
        self.found.borrow().list[thing].clone()
    }

    fn same(&self, known: Known<'c, 'a>) -> Next {
        Next {
            thing: self.number(known),
            is_lost_here: false,
        }
    }

    /// What is known when the places have become others, `None` standing for themselves.
    fn at(
        &self,
        thing: Thing,
        places: impl Fn(&Place<'c, 'a>) -> Option<Vec<Place<'c, 'a>>>,
    ) -> Option<Vec<Next>> {
        let known = self.known(thing);
        let moved = |place: &Place<'c, 'a>| places(place).unwrap_or_else(|| vec![place.clone()]);
        match &*known {
            Known::Shared { from, to, is_fresh } => {
                if places(from).is_none() && places(to).is_none() {
                    return None;
                }
                let tos = moved(to);
                let pair = |from: Place<'c, 'a>, to: &Place<'c, 'a>| {
                    self.same(Known::Shared {
                        from,
                        to: to.clone(),
                        is_fresh: *is_fresh,
                    })
                };
                let pairs = (moved(from).into_iter())
                    .flat_map(|from| tos.iter().map(move |to| (from.clone(), to)))
                    .filter(|(from, to)| self.may_tell(from, to));
                Some(pairs.map(|(from, to)| pair(from, to)).collect())
            }
            Known::Stale { place, changed } => {
                let stale = |place| {
                    self.same(Known::Stale {
                        place,
                        changed: changed.clone(),
                    })
                };
                Some(places(place)?.into_iter().map(stale).collect())
            }
        }
    }

    /// Where what is at a place is behind an operation.
    fn moved(
        &self,
        place: &Place<'c, 'a>,
        op: Op<'c, 'a>,
        is_copied_again: bool,
    ) -> Option<Vec<Place<'c, 'a>>> {
        let mut next = Vec::new();
        let mut stays = true;
        if let Some(action) = self.action(op) {
            for (owner, to) in &action.moves {
                if *owner == place.owner {
                    stays = false;
                    next.extend(to.iter().map(|to| to.clone().below(&place.path)));
                }
            }
            for (from, to) in &action.takes {
                next.extend(carried(place, from, to));
            }
            let is_emptied = |emptied: &Place<'c, 'a>| place.is_in(emptied);
            stays &= !action.empties.as_ref().is_some_and(is_emptied);
            if action.ends.contains(&place.owner) {
                stays = false;
            }
        }
        for other in self.others(op) {
            next.extend(carried(place, &other.from, &other.to));
        }
        if op == self.seed().op && is_copied_again {
            next.extend(carried(place, &self.seed().from, &self.seed().to));
        }
        if stays && next.is_empty() {
            return None;
        }
        next.extend(stays.then(|| place.clone()));
        Some(next)
    }

    /// What is at a place that values hand on to others.
    fn renamed(
        &self,
        place: &Place<'c, 'a>,
        from: &[Val<'c, 'a>],
        to: &[Val<'c, 'a>],
    ) -> Option<Vec<Place<'c, 'a>>> {
        let mut next = Vec::new();
        let mut stays = true;
        for (from, to) in from.iter().zip(to) {
            if !own::is_box(from.r#type()) {
                let lent = self.body.actions.lent(*from, *to);
                next.extend(carried(place, &lent, &[Place::new(*to, Vec::new())]));
                stays &= !lent.iter().any(|lent| lent.is_exact() && place.is_in(lent));
            } else if owner(*from) == place.owner {
                stays = false;
                next.push(Place::new(*to, place.path.clone()));
            }
        }
        // What had the name before has none any more.
        let is_hidden = |to: &Val<'c, 'a>| own::is_box(to.r#type()) && owner(*to) == place.owner;
        stays &= !to.iter().any(is_hidden);
        if stays && next.is_empty() {
            return None;
        }
        next.extend(stays.then(|| place.clone()));
        Some(next)
    }

    /// Whether an operation has to do with the owners of a thing.
    fn concerns(&self, thing: Thing, op: Op<'c, 'a>) -> bool {
        if op == self.seed().op {
            return true;
        }
        let action = self.action(op);
        let seeds = self.body.seeds_at(op);
        let concerns = |place: &Place<'c, 'a>| {
            let mut copied = (seeds.iter()).flat_map(|seed| &self.body.seeds[*seed].from);
            action.is_some_and(|action| action.concerns(place))
                || copied.any(|from| from.owner == place.owner)
        };
        match &*self.known(thing) {
            Known::Shared { from, to, .. } => concerns(from) || concerns(to),
            Known::Stale { place, .. } => concerns(place),
        }
    }

    /// Whether one place is changed by an operation, and what is there at the other is seen by it too.
    fn is_seen_at_once(&self, op: Op<'c, 'a>, from: &Place<'c, 'a>, to: &Place<'c, 'a>) -> bool {
        let is_clash = |action: &Action<'c, 'a>| {
            action.writes(from) && action.reads(to) || action.writes(to) && action.reads(from)
        };
        op_name(op) == "func.call" && self.action(op).is_some_and(is_clash)
    }
}

impl<'c: 'a, 'a> Follow<'c, 'a> for Run<'c, 'a> {
    fn lost_by(&self, thing: Thing, by: Op<'c, 'a>, op: Op<'c, 'a>) -> Option<Op<'c, 'a>> {
        if !self.concerns(thing, op) {
            return None;
        }
        match &*self.known(thing) {
            Known::Shared { from, to, .. } => self.is_seen_at_once(op, from, to).then_some(op),
            Known::Stale { place, .. } => {
                // What one operation of the source is made of, is not told from itself. A copy that goes on as shared sees nothing.
                let at_once = [by, op].map(|op| op.location() == self.seed().op.location());
                let is_seen = self.action(op).is_some_and(|action| action.reads(place));
                (is_seen && at_once != [true, true]).then_some(by)
            }
        }
    }

    fn behind(&self, thing: Thing, op: Op<'c, 'a>) -> Option<Vec<Next>> {
        if self.action(op).is_some_and(Action::is_end) {
            self.left.borrow_mut().insert(thing);
        }
        if !self.concerns(thing, op) {
            return None;
        }
        let known = self.known(thing);
        let Known::Shared { from, to, is_fresh } = &*known else {
            return self.at(thing, |place| self.moved(place, op, true));
        };
        let action = self.action(op);
        let is_written = |place| action.is_some_and(|action| action.writes(place));
        let mut stale = Vec::new();
        for (changed, place) in [(from, to), (to, from)] {
            if is_written(changed) {
                let now = self.moved(place, op, true);
                stale.extend(
                    now.unwrap_or_else(|| vec![place.clone()])
                        .into_iter()
                        .map(|place| Next {
                            thing: self.number(Known::Stale {
                                place,
                                changed: changed.clone(),
                            }),
                            is_lost_here: true,
                        }),
                );
            }
        }
        let moved = self.at(thing, |place| self.moved(place, op, !is_fresh));
        if stale.is_empty() {
            return moved;
        }
        stale.extend(moved.unwrap_or_else(|| vec![self.same((*known).clone())]));
        Some(stale)
    }

    fn begun(&self, op: Op<'c, 'a>) -> Vec<Thing> {
        if op != self.seed().op {
            return Vec::new();
        }
        let pairs = (self.seed().from.iter()).flat_map(|from| {
            (self.seed().to)
                .iter()
                .map(move |to| (from.clone(), to.clone()))
        });
        let is_fresh = self.visits.is_some();
        pairs
            .filter(|(from, to)| self.may_tell(from, to))
            .map(|(from, to)| self.number(Known::Shared { from, to, is_fresh }))
            .collect()
    }

    fn handed(&self, thing: Thing, from: &[Val<'c, 'a>], to: &[Val<'c, 'a>]) -> Option<Vec<Next>> {
        self.at(thing, |place| self.renamed(place, from, to))
    }

    fn returned(
        &self,
        thing: Thing,
        lent: &[Val<'c, 'a>],
        arguments: &[Val<'c, 'a>],
    ) -> Option<Vec<Next>> {
        self.at(thing, |place| {
            let at = (arguments.iter()).position(|argument| owner(*argument) == place.owner)?;
            let back = self.body.actions.lent(lent[at], arguments[at]);
            Some(back.into_iter().map(|to| to.below(&place.path)).collect())
        })
    }

    fn outside(
        &self,
        thing: Thing,
        around: Op<'c, 'a>,
        names: &[Val<'c, 'a>],
    ) -> Option<Vec<Next>> {
        let goes_on = |place: &Place<'c, 'a>| {
            !place.is_inside(around) || names.iter().any(|name| owner(*name) == place.owner)
        };
        self.at(thing, |place| (!goes_on(place)).then(Vec::new))
    }

    fn left(&self, thing: Thing, around: Op<'c, 'a>) -> Option<Vec<Next>> {
        match &*self.known(thing) {
            Known::Shared { from, to, is_fresh } if *is_fresh && self.visits == Some(around) => {
                let (from, to) = (from.clone(), to.clone());
                let is_fresh = false;
                Some(vec![self.same(Known::Shared { from, to, is_fresh })])
            }
            _ => None,
        }
    }
}
