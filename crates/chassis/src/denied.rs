//! Every way a call can end badly, and the one place that turns it into a gRPC status.
//!
//! The code says what a client can do about it, `ErrorInfo.reason` is stable for programs, the message is
//! English, `LocalizedMessage` Chinese. What a caller sent is never repeated. A failure of ours tells an error
//! id and nothing else; the log has the rest, under the same id.

use std::collections::HashMap;
use std::time::Duration;

use access::{Denial, TokenFault};
use courier::{CommitError, Fault, Standing};
use lexicon::{Refusal, Violation, Violations};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, LocalizedMessage, StatusExt};

/// The domain of every reason.
pub const DOMAIN: &str = "supermarket";
const CHINESE: &str = "zh-CN";
/// Details travel as one header; clients and proxies refuse headers beyond 8 to 16 KiB.
const DETAIL_BYTES: usize = 4096;

/// Why a call is not answered with what it asked for.
#[derive(Debug)]
pub enum Denied {
    /// The request breaks rules of form: all of them at once.
    Invalid(Violations),
    /// Not there, or not the caller's to see. The noun is for our log: the answer is the same for every noun,
    /// so that a foreign record cannot be told from one that does not exist.
    Missing(&'static str),
    /// The caller may not do this. The reason is a code.
    Forbidden(&'static str),
    /// The model refuses.
    Refused(Box<dyn Refusal + Send + Sync>),
    /// Somebody else was first; read again.
    Stale {
        /// The version that is stored now, if known.
        current: Option<u64>,
    },
    /// The request id was used for another request.
    KeyReused,
    /// Too much at once; come back.
    Busy,
    /// News that the caller has seen is not here yet.
    NotYetHeard,
    /// Too long without a word from the services that decide whose the case is: nothing was written.
    OutOfTouch,
    /// This process is about to end: nothing was written, the next one answers.
    Stopping,
    /// The database is away: nothing was written.
    Away(Fault),
    /// The connection broke with a write on its way: nobody knows whether it was written.
    Unknown(Fault),
    /// None of a service's replicas can be reached, or the one that was asked went away before it answered. Names the
    /// service; what exactly failed is in our log.
    Unreachable(&'static str),
    /// A method that nobody serves here.
    Unserved,
    /// Nobody we know. The reason is a code.
    Unauthenticated(&'static str),
    /// The time for the call is over.
    Late,
    /// Our failure.
    Fault(Fault),
}

impl From<Denial> for Denied {
    fn from(denial: Denial) -> Self {
        match denial {
            Denial::Missing => Self::Missing("case"),
            Denial::Forbidden => Self::Forbidden("ROLE_NOT_ALLOWED"),
        }
    }
}

impl From<TokenFault> for Denied {
    fn from(fault: TokenFault) -> Self {
        Self::Unauthenticated(match fault {
            TokenFault::TooLong | TokenFault::Invalid => "TOKEN_INVALID",
            TokenFault::Expired => "TOKEN_EXPIRED",
            TokenFault::NotYet => "TOKEN_NOT_YET_VALID",
        })
    }
}

impl From<CommitError> for Denied {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Lost(_) => Self::Stale { current: None },
            CommitError::Busy => Self::Busy,
            CommitError::Fault(fault) => fault.into(),
        }
    }
}

impl From<Fault> for Denied {
    fn from(fault: Fault) -> Self {
        match fault.standing() {
            Standing::Closed => Self::Stopping,
            Standing::Away => Self::Away(fault),
            Standing::Unknown => Self::Unknown(fault),
            Standing::Failed => Self::Fault(fault),
        }
    }
}

impl From<Violations> for Denied {
    fn from(violations: Violations) -> Self {
        Self::Invalid(violations)
    }
}

impl From<Box<dyn Refusal + Send + Sync>> for Denied {
    fn from(refusal: Box<dyn Refusal + Send + Sync>) -> Self {
        Self::Refused(refusal)
    }
}

impl Denied {
    /// A refusal of a model.
    pub fn refused(refusal: impl Refusal + Send + Sync + 'static) -> Self {
        Self::Refused(Box::new(refusal))
    }

    /// One bad field.
    pub fn field(field: &str, fault: lexicon::Fault) -> Self {
        let mut violations = Violations::new();
        violations.push(field, fault);
        Self::Invalid(violations)
    }
}

impl From<Denied> for Status {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Invalid(violations) => invalid(violations),
            Denied::Missing(noun) => {
                tracing::debug!(noun, "answered not found");
                Plain { code: Code::NotFound, reason: "NOT_FOUND", words: NOT_FOUND }.status()
            }
            Denied::Forbidden(reason) => {
                Plain { code: Code::PermissionDenied, reason, words: FORBIDDEN }.status()
            }
            Denied::Refused(refusal) => refused(&*refusal),
            Denied::Stale { current } => {
                let facts = current.map(|version| ("current_version".to_owned(), version.to_string()));
                let plain = Plain { code: Code::Aborted, reason: "VERSION_MISMATCH", words: STALE };
                plain.with(facts.into_iter().collect(), Some(Duration::ZERO))
            }
            Denied::KeyReused => {
                Plain { code: Code::FailedPrecondition, reason: "IDEMPOTENCY_KEY_REUSED", words: KEY_REUSED }
                    .status()
            }
            Denied::Busy => Plain { code: Code::ResourceExhausted, reason: "BUSY", words: BUSY }
                .with(HashMap::new(), Some(Duration::from_millis(500))),
            Denied::NotYetHeard => Plain { code: Code::Unavailable, reason: "NOT_YET_HEARD", words: NOT_YET }
                .with(HashMap::new(), Some(Duration::from_secs(1))),
            Denied::OutOfTouch => {
                Plain { code: Code::Unavailable, reason: "OUT_OF_TOUCH", words: OUT_OF_TOUCH }
                    .with(HashMap::new(), Some(Duration::from_secs(10)))
            }
            Denied::Stopping => Plain { code: Code::Unavailable, reason: "STOPPING", words: STOPPING }
                .with(HashMap::new(), Some(Duration::from_secs(1))),
            Denied::Away(fault) => {
                tracing::warn!(%fault, "the database is away");
                Plain { code: Code::Unavailable, reason: "DATABASE_AWAY", words: AWAY }
                    .with(HashMap::new(), Some(Duration::from_secs(1)))
            }
            Denied::Unknown(fault) => {
                tracing::warn!(%fault, "an outcome is unknown");
                Plain { code: Code::Unavailable, reason: "OUTCOME_UNKNOWN", words: UNKNOWN }
                    .with(HashMap::new(), Some(Duration::from_secs(1)))
            }
            Denied::Unreachable(service) => {
                let facts = HashMap::from([("service".to_owned(), service.to_owned())]);
                let plain =
                    Plain { code: Code::Unavailable, reason: "SERVICE_UNREACHABLE", words: UNREACHABLE };
                plain.with(facts, Some(Duration::from_secs(1)))
            }
            Denied::Unserved => {
                Plain { code: Code::Unimplemented, reason: "METHOD_NOT_SERVED", words: UNSERVED }.status()
            }
            Denied::Unauthenticated(reason) => {
                Plain { code: Code::Unauthenticated, reason, words: UNAUTHENTICATED }.status()
            }
            Denied::Late => {
                Plain { code: Code::DeadlineExceeded, reason: "DEADLINE_EXCEEDED", words: LATE }.status()
            }
            Denied::Fault(fault) => {
                let id = format!("{:016x}", rand::random::<u64>());
                tracing::error!(error_id = id, %fault, "a call failed");
                let facts = HashMap::from([("error_id".to_owned(), id)]);
                Plain { code: Code::Internal, reason: "INTERNAL", words: FAULT }.with(facts, None)
            }
        }
    }
}

/// English and Chinese.
type Words = (&'static str, &'static str);

const NOT_FOUND: Words = ("There is no such record that you may see.", "没有您可以查看的此项记录。");
const FORBIDDEN: Words = ("You may not do this.", "您无权进行此项操作。");
const STALE: Words =
    ("Somebody else changed this in the meantime: read it again.", "其间他人已作更改，请重新读取后再试。");
const KEY_REUSED: Words =
    ("This request id was used for another request.", "该请求编号已用于另一项请求，请换用新编号。");
const BUSY: Words = ("Too much at once: try again shortly.", "系统繁忙，请稍后再试。");
const NOT_YET: Words =
    ("Your last change has not arrived here yet: try again.", "您先前的更改尚未到达，请稍后再试。");
const OUT_OF_TOUCH: Words = (
    "Nothing was written: for more than a minute no news has come from the services that decide whose this case is, and it may be \
     somebody else's by now. Try again shortly. A party who wants the court need not wait: RequestTransfer, or DemandCourt at the window.",
    "本次内容未写入：与分流等服务失去联系已超过一分钟，案件可能已改由他人承办，请稍后再试。当事人要求起诉的不受影响，\
     可以照常登记要求移送，或者由窗口登记。",
);
const AWAY: Words = (
    "Nothing was changed: the database is away. Try again shortly.",
    "数据库暂不可用，未作任何更改，请稍后再试。",
);
const UNKNOWN: Words = (
    "The connection broke while this was written: send the same request again to learn whether it was.",
    "写入时连接中断，结果未知：请用同一请求编号重新发送以确认。",
);
const STOPPING: Words = ("This service is restarting: try again shortly.", "系统正在重新启动，请稍后再试。");
const UNREACHABLE: Words = (
    "A part of this system cannot be reached at the moment: try again shortly.",
    "系统的一部分暂时无法连接，请稍后再试。",
);
const UNSERVED: Words = ("This method is not served here.", "此处不提供该方法。");
const UNAUTHENTICATED: Words = ("Please sign in again.", "身份未能确认，请重新登录。");
const LATE: Words = ("The time for this call is over.", "请求处理超时。");
const FAULT: Words =
    ("Something failed on our side; please quote the error id.", "系统内部错误，请提供错误编号。");

struct Plain {
    code: Code,
    reason: &'static str,
    words: Words,
}

impl Plain {
    fn status(self) -> Status {
        self.with(HashMap::new(), None)
    }

    fn with(self, facts: HashMap<String, String>, retry_after: Option<Duration>) -> Status {
        let mut details = ErrorDetails::with_error_info(self.reason, DOMAIN, facts);
        details.set_localized_message(CHINESE, self.words.1);
        if retry_after.is_some() {
            details.set_retry_info(retry_after);
        }
        Status::with_error_details(self.code, self.words.0, details)
    }
}

fn refused(refusal: &dyn Refusal) -> Status {
    let facts: HashMap<String, String> =
        refusal.facts().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let subject = facts.get("state").cloned().unwrap_or_default();
    let mut details = ErrorDetails::with_error_info(refusal.reason(), DOMAIN, facts);
    details.add_precondition_failure_violation(refusal.reason(), subject, refusal.english());
    details.set_localized_message(CHINESE, refusal.chinese());
    Status::with_error_details(Code::FailedPrecondition, refusal.english(), details)
}

fn invalid(violations: Violations) -> Status {
    let all = violations.into_vec();
    let (total, mut used) = (all.len(), 0);
    let fits = |violation: &&Violation| {
        // 32: the framing of a field violation and of its localised message.
        used += violation.field.len()
            + violation.reason.len()
            + violation.english.len()
            + violation.chinese.len()
            + 32;
        used <= DETAIL_BYTES
    };
    let told: Vec<FieldViolation> = all.iter().take_while(fits).map(field).collect();
    let mut facts = HashMap::from([("violations".to_owned(), total.to_string())]);
    if told.len() < total {
        facts.insert("violations_left_out".to_owned(), (total - told.len()).to_string());
    }
    let mut details = ErrorDetails::with_error_info("INVALID_REQUEST", DOMAIN, facts);
    details.set_bad_request(told);
    details.set_localized_message(CHINESE, format!("有{total}处内容需要更正。"));
    let message = format!("{total} field(s) must be put right.");
    Status::with_error_details(Code::InvalidArgument, message, details)
}

fn field(violation: &Violation) -> FieldViolation {
    FieldViolation {
        field: violation.field.clone(),
        description: violation.english.clone(),
        reason: violation.reason.to_owned(),
        localized_message: Some(LocalizedMessage::new(CHINESE, violation.chinese.clone())),
    }
}
