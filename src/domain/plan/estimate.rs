//! To come with the planner.
