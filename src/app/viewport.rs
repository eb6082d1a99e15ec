//! Where a frame put things: sizes for scrolling, places for the mouse.

use std::collections::BTreeMap;

/// A part of the screen that can have the focus or be scrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pane {
    /// Datasets and tables.
    Tree,
    /// The request.
    Request,
    /// Its route.
    Route,
    /// Its rows.
    Results,
    /// One item.
    Item,
    /// The value under the cursor of an item, in full.
    Value,
    /// Copies of a dataset, with counts.
    Copies,
    /// Findings.
    Findings,
    /// What differs in one finding.
    Diff,
    /// One item in every copy.
    Beside,
    /// Copies of a dataset, with how changes reach them.
    Pipeline,
    /// What each table and index consumed.
    Shares,
    /// Every request made.
    Entries,
    /// Whatever lies over the screen.
    Overlay,
}

/// A rectangle of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Area {
    /// Left column.
    pub x: u16,
    /// Top row.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl Area {
    /// Whether the cell lies within.
    #[must_use]
    pub const fn contains(&self, column: u16, row: u16) -> bool {
        column >= self.x
            && column < self.x.saturating_add(self.width)
            && row >= self.y
            && row < self.y.saturating_add(self.height)
    }
}

/// Where a pane is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Placed {
    /// With its border.
    pub frame: Area,
    /// Its lines alone.
    pub body: Area,
    /// Lines of its content in all, where only the frame knows (wrapped text).
    pub lines: usize,
}

/// Where a column of the results is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnSpan {
    /// The column.
    pub index: usize,
    /// Its left cell.
    pub x: u16,
    /// Its width.
    pub width: u16,
}

/// Where a frame put everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Viewports {
    panes: BTreeMap<Pane, Placed>,
    /// Columns of the results that are visible, from the left.
    pub columns: Vec<ColumnSpan>,
}

impl Viewports {
    /// Notes where a pane is.
    pub fn place(&mut self, pane: Pane, placed: Placed) {
        self.panes.insert(pane, placed);
    }

    /// Where a pane is; nowhere when it was not drawn.
    #[must_use]
    pub fn of(&self, pane: Pane) -> Placed {
        self.panes.get(&pane).copied().unwrap_or_default()
    }

    /// Rows visible in a pane; at least one, so that moving works before the first frame.
    #[must_use]
    pub fn height(&self, pane: Pane) -> usize {
        usize::from(self.of(pane).body.height).max(1)
    }

    /// The pane at a cell.
    #[must_use]
    pub fn at(&self, column: u16, row: u16) -> Option<Pane> {
        self.panes
            .iter()
            .rev()
            .find(|(_, placed)| placed.frame.contains(column, row))
            .map(|(pane, _)| *pane)
    }
}
