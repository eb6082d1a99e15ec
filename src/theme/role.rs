//! Roles: what the screen speaks of, each with the role it falls back to.

macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident = $name:literal $(< $parent:ident)?;)*) => {
        /// What a style is for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Role { $($(#[$doc])* $role,)* }

        impl Role {
            /// Every role; a parent comes before its children.
            pub const ALL: [Self; [$(Self::$role),*].len()] = [$(Self::$role),*];

            /// The name in theme files.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$role => $name,)* }
            }

            /// The role whose style it has as far as a theme gives it none; only `text` has no parent.
            #[must_use]
            pub const fn parent(self) -> Option<Self> {
                match self { $(Self::$role => roles!(@parent $($parent)?),)* }
            }
        }
    };
    (@parent $parent:ident) => { Some(Self::$parent) };
    (@parent) => { None };
}

roles! {
    /// Plain text, and the ground of the screen.
    Text = "text";
    /// What matters less.
    Muted = "muted" < Text;
    /// What the eye should find.
    Accent = "accent" < Text;
    /// Headings.
    Title = "title" < Text;
    /// Borders.
    Border = "border" < Muted;
    /// The border of the pane with the focus.
    BorderFocus = "border.focus" < Accent;
    /// The line under the cursor.
    Selection = "selection" < Text;
    /// The line under the cursor of a pane without the focus.
    SelectionIdle = "selection.idle" < Selection;
    /// The cell under the cursor.
    SelectionCell = "selection.cell" < Selection;
    /// The first line of the screen.
    Header = "header" < Text;
    /// The program's name.
    HeaderName = "header.name" < Accent;
    /// The read-only mark.
    HeaderReadOnly = "header.read_only" < Header;
    /// The last line of the screen.
    Footer = "footer" < Muted;
    /// A key in a hint.
    Key = "key" < Accent;
    /// All is well.
    StatusOk = "status.ok" < Text;
    /// Worth a look.
    StatusWarn = "status.warn" < Text;
    /// Something is wrong.
    StatusError = "status.error" < Text;
    /// Something runs.
    StatusBusy = "status.busy" < Accent;
    /// A dataset in the tree.
    TreeDataset = "tree.dataset" < Title;
    /// A base table in the tree.
    TreeBase = "tree.base" < Text;
    /// A copy in the tree.
    TreeCopy = "tree.copy" < Text;
    /// An index in the tree.
    TreeIndex = "tree.index" < Muted;
    /// Words of the request language.
    RequestKeyword = "request.keyword" < Accent;
    /// Texts in a request.
    RequestString = "request.string" < Text;
    /// Numbers in a request.
    RequestNumber = "request.number" < Text;
    /// Where a request is wrong.
    RequestError = "request.error" < StatusError;
    /// The chosen path.
    RouteChosen = "route.chosen" < Accent;
    /// A path that could answer.
    RoutePossible = "route.possible" < Text;
    /// A path that cannot answer.
    RouteImpossible = "route.impossible" < Muted;
    /// The bar of the chosen path.
    RouteBar = "route.bar" < RouteChosen;
    /// The bar of other paths.
    RouteBarOther = "route.bar.other" < Muted;
    /// An estimate.
    Estimate = "estimate" < Text;
    /// Headings of columns.
    TableHead = "table.head" < Title;
    /// Texts in cells.
    CellText = "cell.text" < Text;
    /// Numbers in cells.
    CellNumber = "cell.number" < Text;
    /// `true`, `false`, `null`.
    CellWord = "cell.word" < Text;
    /// Binaries, sets, lists, maps.
    CellNested = "cell.nested" < Muted;
    /// What an item does not have.
    CellAbsent = "cell.absent" < Muted;
    /// The name of a type.
    Kind = "kind" < Muted;
    /// A copy without drift.
    DriftClean = "drift.clean" < StatusOk;
    /// A copy that was not checked.
    DriftUnchecked = "drift.unchecked" < Muted;
    /// A copy being checked.
    DriftRunning = "drift.running" < StatusBusy;
    /// A copy with drift, and findings in general.
    DriftFound = "drift.found" < StatusError;
    /// Missing items.
    DriftMissing = "drift.missing" < DriftFound;
    /// Orphaned items.
    DriftOrphaned = "drift.orphaned" < DriftFound;
    /// Misplaced items.
    DriftMisplaced = "drift.misplaced" < DriftFound;
    /// Different items.
    DriftDifferent = "drift.different" < DriftFound;
    /// Stale items.
    DriftStale = "drift.stale" < DriftFound;
    /// Duplicates.
    DriftDuplicate = "drift.duplicate" < DriftFound;
    /// Unmappable items.
    DriftUnmappable = "drift.unmappable" < DriftFound;
    /// Expired items.
    DriftExpired = "drift.expired" < Muted;
    /// What the base has.
    DiffBase = "diff.base" < StatusOk;
    /// What the copy has.
    DiffCopy = "diff.copy" < StatusError;
    /// Progress bars.
    Progress = "progress" < Accent;
    /// Dialogs.
    Overlay = "overlay" < Text;
    /// Borders of dialogs.
    OverlayBorder = "overlay.border" < BorderFocus;
}

impl Role {
    /// The role of that name in theme files.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}
