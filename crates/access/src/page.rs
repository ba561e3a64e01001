//! Page tokens: where a list goes on, in a form that only we can make.
//!
//! A token is bound to caller, purpose (the method and its filters) and time, so that it can neither be forged
//! nor handed to somebody else nor kept for later. It is signed, not sealed: keep personal values out of it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use hmac::Mac;

use crate::caller::Caller;
use crate::vault::{Vault, hmac_for, length_prefixed};

const FORM: u8 = 1;
const SIGNATURE: usize = 32;
/// Lists move on; a day-old place in one means nothing.
const LIFE_SECONDS: i64 = 24 * 3600;
const LONGEST: usize = 4096;

/// The token is not ours, not this caller's, not for this list, or too old. The caller starts over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the page token is not valid here; start from the first page")]
pub struct PageFault;

impl Vault {
    /// A token for `position` in the list `purpose` of this caller.
    pub fn page_token(&self, caller: &Caller, purpose: &str, now: DateTime<Utc>, position: &[u8]) -> String {
        let mut token = vec![FORM];
        token.extend_from_slice(&now.timestamp().to_be_bytes());
        token.extend_from_slice(position);
        let signature = self.page_mac(caller, purpose, &token).finalize().into_bytes();
        token.extend_from_slice(&signature);
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The position that [`Vault::page_token`] was given.
    pub fn read_page_token(
        &self,
        caller: &Caller,
        purpose: &str,
        now: DateTime<Utc>,
        token: &str,
    ) -> Result<Vec<u8>, PageFault> {
        if token.len() > LONGEST {
            return Err(PageFault);
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| PageFault)?;
        let cut = bytes.len().checked_sub(SIGNATURE).ok_or(PageFault)?;
        let (signed, signature) = bytes.split_at(cut);
        self.page_mac(caller, purpose, signed).verify_slice(signature).map_err(|_| PageFault)?;
        let (made, position) =
            signed.strip_prefix(&[FORM]).and_then(<[u8]>::split_first_chunk).ok_or(PageFault)?;
        let age = now.timestamp().saturating_sub(i64::from_be_bytes(*made));
        if age <= LIFE_SECONDS { Ok(position.to_vec()) } else { Err(PageFault) }
    }

    fn page_mac(&self, caller: &Caller, purpose: &str, signed: &[u8]) -> hmac::Hmac<sha2::Sha256> {
        let mut mac = hmac_for(&self.keys.page);
        let owner = [caller.centre.as_str(), caller.org.as_str(), caller.account.as_str(), purpose];
        mac.update(&length_prefixed(&owner));
        mac.update(signed);
        mac
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use lexicon::{AccountId, CentreId};

    use super::*;

    #[test]
    fn good_for_one_caller_one_list_one_day() {
        let vault = Vault::passing().unwrap();
        let me = Caller::service("intake", &CentreId::new("442000").unwrap()).unwrap();
        let now = DateTime::UNIX_EPOCH + Duration::days(20_000);
        let token = vault.page_token(&me, "List?town=1", now, b"2026|id");
        let read = |caller: &Caller, purpose: &str, at, token: &str| {
            vault.read_page_token(caller, purpose, at, token)
        };
        assert_eq!(read(&me, "List?town=1", now, &token).unwrap(), b"2026|id");
        assert_eq!(read(&me, "List?town=2", now, &token), Err(PageFault));
        assert_eq!(read(&me, "List?town=1", now + Duration::days(2), &token), Err(PageFault));
        let other = Caller { account: AccountId::new("other").unwrap(), ..me.clone() };
        let elsewhere = Caller { centre: CentreId::new("440100").unwrap(), ..me.clone() };
        for caller in [&other, &elsewhere] {
            assert_eq!(read(caller, "List?town=1", now, &token), Err(PageFault));
        }
        for forged in ["", "AAAA", "not base64!", &token[..token.len() - 1], &"A".repeat(5000)] {
            assert_eq!(read(&me, "List?town=1", now, forged), Err(PageFault));
        }
        let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let changed = URL_SAFE_NO_PAD.encode(changed);
            assert_eq!(read(&me, "List?town=1", now, &changed), Err(PageFault), "byte {at}");
        }
        assert_eq!(
            Vault::passing().unwrap().read_page_token(&me, "List?town=1", now, &token),
            Err(PageFault)
        );
    }
}
