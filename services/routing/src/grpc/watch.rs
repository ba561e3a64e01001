//! The end of a watch, in gRPC's words.

use std::collections::HashMap;
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::store::WatchEnd;

/// Why a watch ended, and what the watcher does next.
pub(super) fn end(end: WatchEnd) -> Status {
    match end {
        WatchEnd::Denied(denied) => denied.into(),
        WatchEnd::Stopping => {
            let mut details =
                ErrorDetails::with_error_info("STOPPING", chassis::denied::DOMAIN, HashMap::new());
            details.set_localized_message("zh-CN", "服务正在停止，请稍后凭最近的续订凭证重新连接。");
            details.set_retry_info(Some(Duration::from_secs(1)));
            let message = "The service is stopping: connect again with the last resume_token.";
            Status::with_error_details(Code::Unavailable, message, details)
        }
    }
}
