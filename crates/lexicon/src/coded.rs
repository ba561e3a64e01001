//! Closed lists of the field's words, each with the code a column or a message carries.

/// Makes an enum whose values have a stable code and a Chinese name: `ALL`, `code()`, `chinese()`, `Display`
/// and `FromStr` by code, serde by code. A crate that calls it depends on `serde` itself.
#[macro_export]
macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $value:ident = $code:literal, $chinese:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(::serde::Serialize, ::serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $code)] $value,)+
        }

        impl $name {
            /// Every value, in the order of the contract.
            pub const ALL: &'static [$name] = &[$($name::$value),+];

            /// Stable code, for a column or a message.
            pub const fn code(self) -> &'static str {
                match self { $($name::$value => $code,)+ }
            }

            /// The name on Chinese papers.
            pub const fn chinese(self) -> &'static str {
                match self { $($name::$value => $chinese,)+ }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.code())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::Fault;
            fn from_str(code: &str) -> Result<Self, $crate::Fault> {
                Self::ALL.iter().copied().find(|v| v.code() == code).ok_or($crate::Fault::ENUM_UNKNOWN)
            }
        }
    };
}
