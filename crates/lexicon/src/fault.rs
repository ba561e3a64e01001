//! What can be wrong with one value, in words that never repeat the value.
//!
//! The reason is a stable code a client may branch on; the two sentences are for the person at the window.
//! A [`Fault`] refuses. A [`Warning`] lets the value through once the clerk has looked at it.

/// Why a value was refused. Two faults are the same fault when they are the same constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{english}")]
pub struct Fault {
    /// Stable `UPPER_SNAKE` code.
    pub reason: &'static str,
    /// What to put right, in English.
    pub english: &'static str,
    /// What to put right, in Chinese.
    pub chinese: &'static str,
}

/// Why an accepted value deserves a second look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warning {
    /// Stable `UPPER_SNAKE` code.
    pub reason: &'static str,
    /// What to look at, in English.
    pub english: &'static str,
    /// What to look at, in Chinese.
    pub chinese: &'static str,
}

macro_rules! reasons {
    ($kind:ident: $($name:ident, $english:literal, $chinese:literal;)+) => {
        impl $kind {
            $(#[doc = $english]
            pub const $name: $kind = $kind { reason: stringify!($name), english: $english, chinese: $chinese };)+
            /// Every constant of this kind, for tables and tests.
            pub const ALL: &'static [$kind] = &[$($kind::$name),+];
        }
    };
}

reasons! { Fault:
    REQUIRED, "This field is required.", "此项必填。";
    MALFORMED, "This identifier is not well-formed.", "标识格式不正确。";
    CONTROL_CHARACTER, "Control characters are not allowed.", "不得含有控制字符。";
    BIDI_CONTROL, "Characters that change the direction of text are not allowed here.", "此处不得含有改变文字方向的字符。";
    INVISIBLE_CHARACTER, "Invisible characters are not allowed inside a name.", "名称中间不得含有不可见字符。";
    TOO_LONG, "The text is too long.", "文字过长。";
    TOO_MANY, "There are too many entries.", "条目过多。";
    RANGE, "The value is outside the allowed range.", "数值超出允许范围。";
    ORDER, "The end is before the start.", "结束早于开始。";
    FORMAT, "The format is not recognised.", "格式无法识别。";
    UNKNOWN_CODE, "This code is not in the register.", "代码不在登记表中。";
    ENUM_UNKNOWN, "Choose one of the listed values.", "请从列出的选项中选择。";
    CONFLICT_OF_PARTIES, "The same person cannot appear twice or on both sides.", "同一人不得重复出现，也不得同时列为双方。";
    DIGEST_MISMATCH, "The content does not match the declared digest.", "内容与所报摘要不一致。";
    ID_LENGTH, "The number does not have the length this paper requires.", "证件号码长度不符合该证件要求。";
    ID_CHARACTER, "The number has a character this paper cannot contain.", "证件号码含有该证件不可能出现的字符。";
    ID_DATE, "The birth date inside the number is impossible.", "证件号码中的出生日期不可能存在。";
    ID_CHECKSUM, "The check character does not match; please read the number again.", "校验码不符，请重新核对号码。";
    ID_PROVINCE, "The number begins with a province code that does not exist.", "证件号码开头的省级代码不存在。";
    CASE_NUMBER, "This is not a court case number.", "不是有效的法院案号。";
}

reasons! { Warning:
    ID_PLACE, "The place code inside the number names no county; please compare with the paper.", "号码中的地区代码不指向任何县区，请与证件核对。";
    USCC_CHECKSUM, "The credit code's check character does not match; please compare with the licence.", "统一社会信用代码校验码不符，请与执照核对。";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_reason_is_unique_and_has_both_languages() {
        let rows = Fault::ALL
            .iter()
            .map(|f| (f.reason, f.english, f.chinese))
            .chain(Warning::ALL.iter().map(|w| (w.reason, w.english, w.chinese)));
        let mut seen = HashSet::new();
        for (reason, english, chinese) in rows {
            assert!(seen.insert(reason), "{reason} twice");
            assert!(reason.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'), "{reason}");
            assert!(english.is_ascii() && english.ends_with('.'), "{reason}");
            assert!(!chinese.is_ascii() && chinese.ends_with('。'), "{reason}");
        }
    }
}
