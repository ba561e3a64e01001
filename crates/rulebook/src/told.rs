//! Closed lists of the law's words, each with its name in Chinese and in English.

/// An enum whose values stand in a table in kebab-case and have a name in both languages.
macro_rules! told {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $value:ident = $code:literal, $chinese:literal, $english:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $code)] $value,)+ }

        impl $name {
            /// Every value.
            pub const ALL: &'static [$name] = &[$($name::$value),+];

            /// As it stands in a table.
            pub const fn code(self) -> &'static str {
                match self { $($name::$value => $code,)+ }
            }

            /// For people, in Chinese.
            pub const fn chinese(self) -> &'static str {
                match self { $($name::$value => $chinese,)+ }
            }

            /// For people, in English.
            pub const fn english(self) -> &'static str {
                match self { $($name::$value => $english,)+ }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = String;
            fn from_str(code: &str) -> Result<Self, String> {
                let known = Self::ALL.iter().copied().find(|value| value.code() == code);
                known.ok_or_else(|| format!("`{code}` is not in the list"))
            }
        }
    };
}
