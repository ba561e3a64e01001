//! What can go wrong at the table and around it: a mediator who must step aside, a sham, danger, and what must be reported.

mod recusal;
