//! One list of the rows that a command reads with several profiles.

use std::any::Any;
use std::cell::{RefCell, RefMut};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::mem;
use std::rc::Rc;
use std::sync::Arc;

use crate::output::list_writer::ListWriter;
use crate::output::progress_line::ProgressLine;
use crate::output::record::Record;
use crate::output::row::Row;
use crate::output::table::ROWS;

/// One list of the rows that a command reads with several profiles: in the order of the profiles, or as they come. A clone shares it.
#[derive(Debug)]
pub(crate) struct Merge<W>(Rc<RefCell<State<W>>>);

impl<W> Clone for Merge<W> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

/// In which order rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Those of each profile once those of all before it are written.
    OfProfiles,
    /// As they come.
    AsTheyCome,
}

struct State<W> {
    sink: W,
    order: Order,
    /// Whether the first rows are held, because together they decide how wide columns are.
    holds_first: bool,
    /// The list, once a profile has begun it.
    list: Option<Box<dyn AnyList>>,
    /// The place of the profile whose rows are written.
    turn: usize,
    /// The places of profiles after it whose rows are complete.
    complete: BTreeSet<usize>,
    /// Whether the list cannot be written, whatever the profile.
    has_failed: bool,
    progress_line: ProgressLine,
}

impl<W> std::fmt::Debug for State<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").finish_non_exhaustive()
    }
}

/// The profile of rows.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) profile: Arc<str>,
    /// Its place among the profiles, from 0.
    pub(crate) number: usize,
}

impl<W: Write> Merge<W> {
    /// Creates it. `holds_first` says whether the first rows together decide how wide columns are.
    pub(crate) fn new(
        sink: W,
        order: Order,
        holds_first: bool,
        progress_line: ProgressLine,
    ) -> Self {
        Self(Rc::new(RefCell::new(State {
            sink,
            order,
            holds_first,
            list: None,
            turn: 0,
            complete: BTreeSet::new(),
            has_failed: false,
            progress_line,
        })))
    }

    /// Begins the list unless another profile has.
    ///
    /// # Errors
    /// The list cannot be written as the command line asks for it.
    pub(crate) fn begin<T: Record>(
        &self,
        create: impl FnOnce() -> io::Result<ListWriter<T>>,
    ) -> io::Result<()> {
        self.tracked(|state| {
            if state.list.is_none() {
                state.list = Some(Box::new(List {
                    writer: create()?,
                    waiting: BTreeMap::new(),
                    held: state.holds_first.then(Vec::new),
                }));
            }
            Ok(())
        })
    }

    /// Adds rows of a profile.
    pub(crate) fn page<T: Record>(&self, place: &Place, records: Vec<T>) -> io::Result<()> {
        let rows = records.into_iter().map(|record| Row {
            profile: Some(Arc::clone(&place.profile)),
            record,
        });
        let rows: Vec<_> = rows.collect();
        self.tracked(|state| {
            let is_its_turn = state.order == Order::AsTheyCome || state.turn == place.number;
            match is_its_turn {
                true => state.write(rows),
                false => {
                    let list = state.list::<T>()?;
                    list.waiting.entry(place.number).or_default().extend(rows);
                    Ok(())
                }
            }
        })
    }

    /// Notes that no rows of a profile will follow, and writes those that have waited for it.
    pub(crate) fn end(&self, place: &Place) -> io::Result<()> {
        self.tracked(|state| {
            state.complete.insert(place.number);
            while state.complete.remove(&state.turn) {
                state.turn += 1;
                state.release(state.turn)?;
            }
            Ok(())
        })
    }

    /// Writes all that has waited, and ends the list if there is one.
    pub(crate) fn finish(&self) -> io::Result<()> {
        self.tracked(|state| {
            state.progress_line.hide();
            match state.list.take() {
                Some(mut list) => list.finish(&mut state.sink),
                None => Ok(()),
            }
        })
    }

    /// Returns whether the list cannot be written, whatever the profile.
    pub(crate) fn has_failed(&self) -> bool {
        self.0.borrow().has_failed
    }

    /// Returns the line that shows how far the profiles are.
    pub(crate) fn progress_line(&self) -> RefMut<'_, ProgressLine> {
        RefMut::map(self.0.borrow_mut(), |state| &mut state.progress_line)
    }

    fn tracked(&self, action: impl FnOnce(&mut State<W>) -> io::Result<()>) -> io::Result<()> {
        let state = &mut *self.0.borrow_mut();
        let result = action(state);
        state.has_failed |= result.is_err();
        result
    }
}

impl<W: Write> State<W> {
    /// Returns the list, all rows of which are of one type, because one command reads them.
    fn list<T: Record>(&mut self) -> io::Result<&mut List<T>> {
        let list = self.list.as_mut().map(|list| list.as_any());
        list.and_then(|list| list.downcast_mut())
            .ok_or_else(|| io::Error::other("profiles have results of different kinds"))
    }

    fn write<T: Record>(&mut self, rows: Vec<Row<T>>) -> io::Result<()> {
        let list = self.list::<T>()?;
        let Some(rows) = list.ready(rows) else {
            return Ok(());
        };
        self.progress_line.hide();
        let Self { sink, list, .. } = self;
        let list = list.as_mut().and_then(|list| list.as_any().downcast_mut());
        list.map_or(Ok(()), |list: &mut List<T>| list.writer.page(rows, sink))
    }

    /// Writes the rows of a profile whose turn it is.
    fn release(&mut self, number: usize) -> io::Result<()> {
        self.progress_line.hide();
        match &mut self.list {
            Some(list) => list.release(number, &mut self.sink),
            None => Ok(()),
        }
    }
}

/// A list whose rows are of any type.
trait AnyList {
    fn as_any(&mut self) -> &mut dyn Any;
    fn release(&mut self, number: usize, sink: &mut dyn Write) -> io::Result<()>;
    fn finish(&mut self, sink: &mut dyn Write) -> io::Result<()>;
}

struct List<T: 'static> {
    writer: ListWriter<T>,
    /// The rows of profiles whose turn is not yet.
    waiting: BTreeMap<usize, Vec<Row<T>>>,
    /// The first rows, until they decide how wide columns are.
    held: Option<Vec<Row<T>>>,
}

impl<T: Record> List<T> {
    /// Adds rows to those that are held, and returns what is to be written.
    fn ready(&mut self, rows: Vec<Row<T>>) -> Option<Vec<Row<T>>> {
        let Some(held) = &mut self.held else {
            return Some(rows);
        };
        held.extend(rows);
        match held.len() < ROWS {
            true => None,
            false => self.held.take(),
        }
    }
}

impl<T: Record> AnyList for List<T> {
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }

    fn release(&mut self, number: usize, sink: &mut dyn Write) -> io::Result<()> {
        let rows = self.waiting.remove(&number).unwrap_or_default();
        match self.ready(rows) {
            Some(rows) => self.writer.page(rows, sink),
            None => Ok(()),
        }
    }

    fn finish(&mut self, sink: &mut dyn Write) -> io::Result<()> {
        let held = self.held.take().into_iter();
        let waiting = mem::take(&mut self.waiting).into_values();
        let rows: Vec<_> = held.chain(waiting).flatten().collect();
        self.writer.page(rows, sink)?;
        self.writer.finish(sink)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::json::Lines;
    use crate::output::record::Column;
    use crate::output::table::Table;
    use crate::output::writer::{Columns, Writer};
    use crate::redaction::Redactor;

    #[derive(serde::Serialize)]
    struct Item {
        id: &'static str,
    }

    impl Record for Item {
        const COLUMNS: &'static [Column<Self>] =
            &[Column::text("ID", |item| Some(item.id.to_owned()))];
    }

    fn merge(order: Order, is_table: bool) -> Merge<Vec<u8>> {
        let merge = Merge::new(
            Vec::new(),
            order,
            is_table,
            ProgressLine::of_profiles(false),
        );
        for _ in 0..2 {
            let begun = merge.begin(|| {
                let redactor = Redactor::default();
                let writer: Box<dyn Writer<Item>> = match is_table {
                    true => {
                        let columns = Item::COLUMNS.iter().collect::<Columns<_>>();
                        let style = crate::output::style::Style::default();
                        Box::new(Table::new(columns.with_profile(true), true, true, style))
                    }
                    false => Box::new(Lines {
                        is_escaped: false,
                        redactor: redactor.clone(),
                    }),
                };
                Ok(ListWriter::new(writer, redactor, None))
            });
            begun.unwrap();
        }
        merge
    }

    fn place(number: usize) -> Place {
        Place {
            profile: ["a", "b", "c"][number].into(),
            number,
        }
    }

    fn page(merge: &Merge<Vec<u8>>, number: usize, id: &'static str) {
        merge.page(&place(number), vec![Item { id }]).unwrap();
    }

    fn written(merge: &Merge<Vec<u8>>) -> String {
        String::from_utf8(merge.0.borrow().sink.clone()).unwrap()
    }

    fn rows(merge: &Merge<Vec<u8>>) -> Vec<String> {
        let text = written(merge);
        let values = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let text = |value: serde_json::Value| format!("{} {}", value["profile"], value["id"]);
        values.map(text).map(|it| it.replace('"', "")).collect()
    }

    #[test]
    fn rows_are_written_once_those_of_all_profiles_before_are() {
        let merge = merge(Order::OfProfiles, false);
        page(&merge, 2, "1");
        page(&merge, 0, "2");
        assert_eq!(rows(&merge), ["a 2"]);
        merge.end(&place(2)).unwrap();
        page(&merge, 1, "3");
        assert_eq!(rows(&merge), ["a 2"]);
        merge.end(&place(0)).unwrap();
        assert_eq!(rows(&merge), ["a 2", "b 3"]);
        page(&merge, 1, "4");
        merge.end(&place(1)).unwrap();
        assert_eq!(rows(&merge), ["a 2", "b 3", "b 4", "c 1"]);
        merge.finish().unwrap();
        assert_eq!(rows(&merge).len(), 4);
    }

    #[test]
    fn rows_that_wait_for_a_profile_that_does_not_end_are_written_at_the_end() {
        let merge = merge(Order::OfProfiles, false);
        page(&merge, 2, "1");
        page(&merge, 1, "2");
        merge.end(&place(2)).unwrap();
        merge.finish().unwrap();
        assert_eq!(rows(&merge), ["b 2", "c 1"]);
    }

    #[test]
    fn rows_are_written_as_they_come_if_that_is_the_order() {
        let merge = merge(Order::AsTheyCome, false);
        page(&merge, 2, "1");
        page(&merge, 0, "2");
        assert_eq!(rows(&merge), ["c 1", "a 2"]);
    }

    #[test]
    fn the_columns_of_a_table_are_as_wide_as_the_rows_of_all_profiles_need() {
        let merge = merge(Order::OfProfiles, true);
        page(&merge, 0, "1");
        merge.end(&place(0)).unwrap();
        page(&merge, 1, "a longer one");
        assert_eq!(written(&merge), "");
        merge.finish().unwrap();
        let table = "PROFILE  ID\na        1\nb        a longer one\n";
        assert_eq!(written(&merge), table);
    }

    #[test]
    fn results_of_different_kinds_are_an_error() {
        struct Other;
        impl serde::Serialize for Other {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_unit()
            }
        }
        impl Record for Other {
            const COLUMNS: &'static [Column<Self>] = &[];
        }
        let merge = merge(Order::OfProfiles, false);
        merge.page(&place(0), vec![Other]).unwrap_err();
        assert!(merge.has_failed());
    }
}
