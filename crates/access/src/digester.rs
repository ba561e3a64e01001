//! Short keyed digests in bulk, for tables that compare texts by their parts.
//!
//! A digest is a number, so two parts may once in ten billion billions have the same, which such a table bears. Its key is
//! derived from the one for blind indexes and used for nothing else: who learns one digester's key learns neither the other's
//! nor any index.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::keys::Key;
use crate::vault::{Vault, hmac_for, keyed, length_prefixed};

/// Makes digests for one purpose.
#[derive(Clone)]
pub struct Digester {
    begun: Hmac<Sha256>,
}

impl std::fmt::Debug for Digester {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digester(key hidden)")
    }
}

impl Vault {
    /// What makes digests for `purpose`.
    pub fn digester(&self, purpose: &str) -> Digester {
        // Three parts: no blind index, which has two, can have the same.
        let derived = Key(keyed(&self.keys.index, &length_prefixed(&["", "digester", purpose])));
        Digester { begun: hmac_for(&derived) }
    }
}

impl Digester {
    /// The digest of a part: equal parts, equal numbers.
    pub fn of(&self, part: &str) -> u64 {
        let mut begun = self.begun.clone();
        begun.update(part.as_bytes());
        let digest: [u8; 32] = begun.finalize().into_bytes().into();
        digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_keyed_and_apart() {
        let vault = Vault::passing().unwrap();
        let words = vault.digester("words");
        assert_eq!(words.of("尾款不"), vault.digester("words").of("尾款不"));
        assert_ne!(words.of("尾款不"), words.of("尾款未"));
        assert_ne!(words.of("尾款不"), vault.digester("names").of("尾款不"));
        assert_ne!(words.of("尾款不"), Vault::passing().unwrap().digester("words").of("尾款不"));
        let index = u64::from_str_radix(&vault.index("words", "尾款不")[..16], 16).unwrap();
        assert_ne!(words.of("尾款不"), index);
        assert_eq!(format!("{words:?}"), "Digester(key hidden)");
    }
}
