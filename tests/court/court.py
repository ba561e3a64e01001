"""A court's client: follows the court's inbox, reads each package, checks every digest itself, answers with receipts.

It knows nothing but the contract in proto/ and one account. Everything that it sends may be repeated, so whatever breaks
on the way is answered by asking again. It ends after --filings, after --seconds, or when told to (SIGTERM, Ctrl-C); the
last line that it prints is JSON. It exits 1 when something was not as it must be.
"""

import argparse
import hashlib
import json
import signal
import sys
import time

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from supermarket.access.v1 import token_pb2, token_pb2_grpc
from supermarket.transfer.v1 import court_pb2, court_pb2_grpc, transfer_pb2

# Answers after which the same call may succeed a little later. A connection that breaks in the middle of an answer is
# reported as UNKNOWN, INTERNAL or CANCELLED.
PASSING = {
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.ABORTED,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.UNKNOWN,
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.CANCELLED,
}
# How long one call is repeated, and how long one attempt may take.
PATIENCE, ATTEMPT = 120.0, 20.0
# A connection whose other end is gone without a word is noticed within seconds, and made anew soon.
CHANNEL = [
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1_000),
    ("grpc.max_receive_message_length", 64 << 20),
]
SEEN = "supermarket-seen"


class Wrong(Exception):
    """Something is not as it must be: a court would call."""


class Pause:
    """Waits longer each time."""

    def __init__(self):
        self.next = 0.05

    def wait(self):
        time.sleep(self.next)
        self.next = min(self.next * 2, 1.0)


class Door:
    """The town's one door: signs the account in and repeats what may pass."""

    def __init__(self, server, account):
        channel = grpc.insecure_channel(server, options=CHANNEL)
        self.tokens = token_pb2_grpc.TokenServiceStub(channel)
        self.courts = court_pb2_grpc.CourtServiceStub(channel)
        self.account = account
        self.token = None
        self.stopping = False

    def metadata(self, seen=()):
        """What goes with every call: who we are, and what we have already been told of the case."""
        if self.token is None or self.token.expire_time.seconds < time.time() + 60:
            ask = token_pb2.IssueTokenRequest(account=self.account["account"], secret=self.account["secret"])
            self.token = self.tokens.IssueToken(ask, timeout=ATTEMPT)
        return [("authorization", f"Bearer {self.token.access_token}"), *((SEEN, entry) for entry in seen)]

    def again(self, error):
        """Whether to ask again after this error."""
        if error.code() == grpc.StatusCode.UNAUTHENTICATED and self.token is not None:
            self.token = None
            return True
        return error.code() in PASSING

    def call(self, method, ask, seen):
        """Calls until there is a definite answer. `seen` is a dict of what the answers of this case have told."""
        pause, until = Pause(), time.monotonic() + PATIENCE
        while True:
            try:
                answer, call = method.with_call(ask, metadata=self.metadata(seen.values()), timeout=ATTEMPT)
            except grpc.RpcError as error:
                if self.stopping or time.monotonic() > until or not self.again(error):
                    raise
                pause.wait()
                continue
            for key, value in call.initial_metadata():
                if key == SEEN:
                    # service;epoch;case;version: a later version takes the place of an earlier one.
                    seen.update((entry.rsplit(";", 1)[0], entry) for entry in value.split(","))
            return answer


def package_digest(package):
    """SHA-256 over `KIND:SHA256` lines, one a document in their order, each from the content itself."""
    whole = hashlib.sha256()
    for document in package.documents:
        kind = transfer_pb2.DocumentKind.Name(document.entry.kind).removeprefix("DOCUMENT_KIND_")
        whole.update(f"{kind}:{hashlib.sha256(document.content).hexdigest()}\n".encode())
    return whole.hexdigest()


def check(item, package):
    """Every digest and size that we were told, against the contents that we were given."""
    for document in package.documents:
        entry = document.entry
        if hashlib.sha256(document.content).hexdigest() != entry.sha256:
            raise Wrong(f"filing {item.filing_id}: document {entry.document_id} has another digest than its content")
        if len(document.content) != entry.size_bytes:
            raise Wrong(f"filing {item.filing_id}: document {entry.document_id} has another size than its content")
    digest = package_digest(package)
    for place, told in [("the inbox", item.package_sha256), ("the filing", package.filing.package_sha256)]:
        if told != digest:
            raise Wrong(f"filing {item.filing_id}: {place} says {told}, the contents give {digest}")
    return digest


def fingerprint(package):
    """All that was filed, without where the filing stands."""
    filed = court_pb2.Package(complaint=package.complaint, documents=package.documents)
    return hashlib.sha256(filed.SerializeToString(deterministic=True)).hexdigest()


def now():
    time_of_court = Timestamp()
    time_of_court.GetCurrentTime()
    return time_of_court


class Court:
    """A court at its inbox."""

    def __init__(self, door, code, refuse_one_in, filings):
        self.door = door
        self.code = code
        self.refuse_one_in = refuse_one_in
        self.filings = filings
        self.stream = None
        # What was filed, by filing: an item may come twice, its content may not change.
        self.known = {}
        self.finished = set()
        self.count = dict.fromkeys(["told", "again", "documents", "acknowledged", "accepted", "refused", "breaks"], 0)

    def stop(self, *_):
        """What is in hand is finished; nothing new is begun."""
        self.door.stopping = True
        if self.stream is not None:
            self.stream.cancel()

    def done(self):
        return self.door.stopping or 0 < self.filings <= self.answers()

    def answers(self):
        return self.count["accepted"] + self.count["refused"]

    def follow(self):
        """Follows the inbox, resuming after every break from the last item that was dealt with."""
        resume_token, pause = "", Pause()
        while not self.done():
            try:
                ask = court_pb2.WatchInboxRequest(resume_token=resume_token)
                self.stream = self.door.courts.WatchInbox(ask, metadata=self.door.metadata())
                for item in self.stream:
                    pause = Pause()
                    if not item.caught_up:
                        self.take(item)
                    resume_token = item.resume_token or resume_token
                    if self.done():
                        self.stream.cancel()
                        return
            except grpc.RpcError as error:
                if self.door.stopping:
                    return
                if not self.door.again(error):
                    raise
                self.count["breaks"] += 1
            pause.wait()

    def take(self, item):
        """Reads, checks, gives the receipt and decides. An item that is told again finds everything already so."""
        self.count["told"] += 1
        seen = {}
        package = self.door.call(
            self.door.courts.GetPackage, court_pb2.GetPackageRequest(case_id=item.case_id), seen
        )
        digest, filed = check(item, package), fingerprint(package)
        if self.known.setdefault(item.filing_id, filed) != filed:
            raise Wrong(f"filing {item.filing_id} came twice, the second time with another content")
        if item.filing_id in self.finished:
            self.count["again"] += 1
            return
        if item.state == transfer_pb2.FILING_STATE_TRANSFERRED:
            receipt = court_pb2.AcknowledgeReceiptRequest(
                case_id=item.case_id, package_sha256=digest, court_time=now()
            )
            self.door.call(self.door.courts.AcknowledgeReceipt, receipt, seen)
            self.count["acknowledged"] += 1
        elif item.state != transfer_pb2.FILING_STATE_COURT_REVIEW:
            # An earlier run has answered it.
            self.finished.add(item.filing_id)
            return
        self.decide(item, package, digest, seen)
        self.count["documents"] += len(package.documents)

    def decide(self, item, package, digest, seen):
        # From the filing's id, so that asking again decides the same and names the same number.
        n = int.from_bytes(hashlib.sha256(item.filing_id.encode()).digest()[:8], "big")
        complete = package.complaint.plaintiffs and package.complaint.defendants
        if not complete or (self.refuse_one_in > 0 and n % self.refuse_one_in == 0):
            reason = "示范拒绝：起诉材料不符合民事诉讼法第一百二十二条"
            refusal = court_pb2.RefuseFilingRequest(
                case_id=item.case_id, package_sha256=digest, reason=reason, court_time=now()
            )
            filing = self.door.call(self.door.courts.RefuseFiling, refusal, seen)
            self.settle(item, filing, "refused", transfer_pb2.FILING_STATE_NOT_FILED, reason)
            return
        number = f"（{time.gmtime(time.time() + 8 * 3600).tm_year}）{self.code}民初{1 + n % 99_999_999}号"
        acceptance = court_pb2.AcceptFilingRequest(
            case_id=item.case_id, package_sha256=digest, court_case_number=number, court_time=now()
        )
        filing = self.door.call(self.door.courts.AcceptFiling, acceptance, seen)
        if filing.court_case_number != number:
            raise Wrong(f"filing {item.filing_id}: our number {number} became {filing.court_case_number}")
        self.settle(item, filing, "accepted", transfer_pb2.FILING_STATE_FILED, number)

    def settle(self, item, filing, verdict, state, words):
        if filing.state != state:
            raise Wrong(f"filing {item.filing_id}: {verdict}, and its state is {filing.state}")
        self.finished.add(item.filing_id)
        self.count[verdict] += 1
        print(f"{item.case_id}  {verdict:<8} {words}", flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True, metavar="HOST:PORT", help="the town's door")
    parser.add_argument("--accounts", required=True, metavar="FILE", help="accounts.json of the data directory")
    parser.add_argument("--account", default="court-2071", help="the court's account")
    parser.add_argument("--refuse-one-in", type=int, default=0, metavar="N", help="0 refuses none")
    parser.add_argument("--filings", type=int, default=0, metavar="N", help="end after so many; 0: when told to")
    parser.add_argument("--seconds", type=int, default=0, metavar="S", help="end after so long; 0: when told to")
    return parser.parse_args()


def main():
    given = arguments()
    with open(given.accounts, encoding="utf-8") as file:
        accounts = {account["account"]: account for account in json.load(file)["accounts"]}
    account = accounts.get(given.account)
    if account is None or "court" not in account:
        sys.exit(f"{given.account} is not the account of a court in {given.accounts}")
    # The courts' ids carry the number of their code: court-2071 writes （2026）粤2071民初1号.
    code = "粤" + account["court"].removeprefix("court-")
    court = Court(Door(given.server, account), code, given.refuse_one_in, given.filings)
    for reason in [signal.SIGTERM, signal.SIGINT, signal.SIGALRM]:
        signal.signal(reason, court.stop)
    signal.alarm(given.seconds)
    begun, wrong = time.monotonic(), None
    try:
        court.follow()
    except Wrong as told:
        wrong = str(told)
    except grpc.RpcError as error:
        wrong = f"{error.code().name}: {error.details()}"
    seconds = round(time.monotonic() - begun, 1)
    print(json.dumps({"filings": court.answers(), **court.count, "seconds": seconds, "wrong": wrong}), flush=True)
    sys.exit(0 if wrong is None else 1)


if __name__ == "__main__":
    main()
