//! Rules of law as a closed list, each with its reason code, its article and what it says.

/// Makes the enum `Rule`, one line a rule: reason, article, English, Chinese. An article `D1` is this project's own rule.
#[macro_export]
macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $reason:literal, $article:literal, $english:literal, $chinese:literal;)+) => {
        /// Which rule stands in the way.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Rule { $($(#[$doc])* $name,)+ }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its reason code.
            pub const fn reason(self) -> &'static str {
                match self { $(Self::$name => $reason,)+ }
            }

            /// The article that says so.
            pub const fn article(self) -> &'static str {
                match self { $(Self::$name => $article,)+ }
            }

            /// What it says, and what to do.
            pub const fn english(self) -> &'static str {
                match self { $(Self::$name => $english,)+ }
            }

            /// The same in Chinese.
            pub const fn chinese(self) -> &'static str {
                match self { $(Self::$name => $chinese,)+ }
            }
        }
    };
}
