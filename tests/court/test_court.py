"""The court against a town that cheats: every wrong is seen, and no right one is missed."""

import contextlib
import hashlib
import io
import unittest
from concurrent import futures

import court
import grpc
from supermarket.access.v1 import token_pb2, token_pb2_grpc
from supermarket.lexicon.v1 import party_pb2
from supermarket.transfer.v1 import court_pb2, court_pb2_grpc, transfer_pb2


def package(words="abc"):
    """A package of two documents, and its digest as the contract defines it."""
    made = court_pb2.Package()
    made.complaint.plaintiffs.add(name="甲")
    made.complaint.defendants.add(name="乙", kind=party_pb2.PARTY_KIND_PERSON)
    lines = ""
    for kind, content in [("COMPLAINT", words.encode()), ("REPORT", b"")]:
        document = made.documents.add(content=content)
        document.entry.kind = transfer_pb2.DocumentKind.Value(f"DOCUMENT_KIND_{kind}")
        document.entry.size_bytes = len(content)
        document.entry.sha256 = hashlib.sha256(content).hexdigest()
        lines += f"{kind}:{document.entry.sha256}\n"
    made.filing.package_sha256 = hashlib.sha256(lines.encode()).hexdigest()
    return made


class Town(token_pb2_grpc.TokenServiceServicer, court_pb2_grpc.CourtServiceServicer):
    """One filing, told in as many streams as there are lists of packages; each stream but the last breaks."""

    def __init__(self, *streams):
        self.streams = list(streams)
        self.state = transfer_pb2.FILING_STATE_TRANSFERRED
        self.resumed = []
        self.given = []
        self.signed_in = 0
        self.unanswered = 0

    def IssueToken(self, request, context):
        self.signed_in += 1
        token = token_pb2.Token(access_token="t")
        token.expire_time.FromSeconds(4_000_000_000)
        return token

    def WatchInbox(self, request, context):
        self.resumed.append(request.resume_token)
        if not self.streams:
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "one stream too many")
        for place, given in enumerate(self.streams.pop(0)):
            self.given.append(given)
            yield court_pb2.InboxItem(
                filing_id="f",
                # So that the court is given what it was told of, though we are a step ahead.
                case_id=str(len(self.given) - 1),
                package_sha256=given.filing.package_sha256,
                state=self.state,
                resume_token=f"after {place}",
            )
        if self.streams:
            context.abort(grpc.StatusCode.UNAVAILABLE, "gone")
        yield court_pb2.InboxItem(caught_up=True)
        context.abort(grpc.StatusCode.PERMISSION_DENIED, "the test ends here")

    def GetPackage(self, request, context):
        return self.given[int(request.case_id)]

    def AcknowledgeReceipt(self, request, context):
        if self.unanswered > 0:
            self.unanswered -= 1
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "too old")
        self.state = transfer_pb2.FILING_STATE_COURT_REVIEW
        context.send_initial_metadata([("supermarket-seen", "transfer;1;c;5")])
        return transfer_pb2.Filing(state=self.state)

    def AcceptFiling(self, request, context):
        if ("supermarket-seen", "transfer;1;c;5") not in context.invocation_metadata():
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "what was told is not sent on")
        self.state = transfer_pb2.FILING_STATE_FILED
        return transfer_pb2.Filing(state=self.state, court_case_number=request.court_case_number)


def visit(town):
    """The court at this town, until the town's last stream ends; and why it ended."""
    server = grpc.server(futures.ThreadPoolExecutor(4))
    token_pb2_grpc.add_TokenServiceServicer_to_server(town, server)
    court_pb2_grpc.add_CourtServiceServicer_to_server(town, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    door = court.Door(f"127.0.0.1:{port}", {"account": "court-2071", "secret": "s"})
    visitor = court.Court(door, "粤2071", 0, 0)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            visitor.follow()
    except (court.Wrong, grpc.RpcError) as why:
        return visitor, why
    finally:
        server.stop(None).wait()
    return visitor, None


class Cheats(unittest.TestCase):
    def wrong(self, words, *streams):
        visitor, why = visit(Town(*streams))
        self.assertIsInstance(why, court.Wrong)
        self.assertIn(words, str(why))
        return visitor

    def test_an_honest_town_is_answered_once_though_it_breaks_and_repeats(self):
        town = Town([package()], [package(), package()], [])
        town.unanswered = 1
        visitor, why = visit(town)
        self.assertEqual(why.details(), "the test ends here")
        self.assertEqual(town.resumed, ["", "after 0", "after 1"])
        self.assertEqual(town.signed_in, 2)
        count = {name: visitor.count[name] for name in ["told", "again", "acknowledged", "accepted", "breaks"]}
        self.assertEqual(count, {"told": 3, "again": 2, "acknowledged": 1, "accepted": 1, "breaks": 2})

    def test_a_content_that_is_not_its_documents_digest_is_seen(self):
        changed = package()
        changed.documents[0].content = b"abd"
        visitor = self.wrong("another digest than its content", [changed])
        self.assertEqual(visitor.count["acknowledged"], 0)

    def test_a_size_that_is_not_the_contents_is_seen(self):
        changed = package()
        changed.documents[0].entry.size_bytes = 4
        self.wrong("another size", [changed])

    def test_a_package_that_lacks_a_document_is_seen(self):
        changed = package()
        del changed.documents[1]
        self.wrong("the contents give", [changed])

    def test_documents_in_another_order_are_seen(self):
        changed, straight = package(), package()
        changed.documents[0].CopyFrom(straight.documents[1])
        changed.documents[1].CopyFrom(straight.documents[0])
        self.wrong("the contents give", [changed])

    def test_a_filing_that_comes_again_with_another_content_is_seen(self):
        self.wrong("came twice", [package(), package("abd")])

    def test_a_complaint_that_changed_without_its_digest_is_seen(self):
        changed = package()
        changed.complaint.claims = "more"
        self.wrong("came twice", [package()], [changed])


if __name__ == "__main__":
    unittest.main()
