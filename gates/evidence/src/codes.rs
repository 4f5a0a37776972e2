//! Every diagnostic code there is. A code is for ever: it is cited in reports, waivers and searches.
//!
//! Each has a page `docs/codes/CODE.md`, printed by `caws explain CODE`; a test in `caws-report`
//! holds the two lists against each other.

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)+) => {
        $($(#[$doc])* pub const $name: &str = $code;)+
        /// All codes, in the order of this file.
        pub const ALL: &[&str] = &[$($code),+];
    };
}

codes! {
    // Any gate.
    /// A value misses its threshold.
    THRESHOLD_MISSED = "threshold-missed",
    /// A required number does not exist.
    NUMBER_MISSING = "number-missing",
    /// The tool ran and examined nothing.
    NOTHING_EXAMINED = "nothing-examined",
    /// The interval straddles the threshold.
    SAMPLE_TOO_SMALL = "sample-too-small",
    /// A report is not what it should be.
    REPORT_MALFORMED = "report-malformed",
    /// A pinned tool is not to be had.
    TOOL_MISSING = "tool-missing",
    /// A tool broke, or another tool answered in its place.
    TOOL_FAILED = "tool-failed",
    /// A gate was stopped before it finished.
    INTERRUPTED = "interrupted",
    /// A server did not become ready.
    SERVICE_NOT_READY = "service-not-ready",
    /// The plan names a measuring method this version does not know.
    METHOD_UNKNOWN = "method-unknown",

    /// A gate that is asked for is not configured.
    GATE_NOT_CONFIGURED = "gate-not-configured",

    // Documents.
    /// The file is no YAML or JSON.
    DOCUMENT_SYNTAX = "document-syntax",
    /// The document breaks its schema.
    DOCUMENT_SCHEMA = "document-schema",
    /// A key the schema does not know.
    DOCUMENT_UNKNOWN_KEY = "document-unknown-key",
    /// The same key twice in one object.
    DOCUMENT_DUPLICATE_KEY = "document-duplicate-key",
    /// The spec breaks a rule of its tier.
    SPEC_TIER_RULE = "spec-tier-rule",
    /// The spec breaks a rule every tier shares.
    SPEC_RULE = "spec-rule",
    /// The tier policy contradicts itself.
    POLICY_RULE = "policy-rule",
    /// A tier policy has a shape of another generation.
    POLICY_DIALECT = "policy-dialect",
    /// Two statements about the same thing differ, and one of them counts.
    POLICY_CONFLICT = "policy-conflict",
    /// The policy says something that nothing checks.
    POLICY_UNREAD = "policy-unread",
    /// Two entries, or two specs, carry the same id.
    SPEC_DUPLICATE_ID = "spec-duplicate-id",
    /// A path the spec names does not exist.
    SPEC_PATH_MISSING = "spec-path-missing",
    /// A file is a spec of another generation.
    SPEC_DIALECT = "spec-dialect",
    /// The spec asks a question instead of saying something it needs to say.
    SPEC_OPEN_QUESTION = "spec-open-question",
    /// The spec states something no gate measures.
    SPEC_UNMEASURED = "spec-unmeasured",
    /// A component spec lacks a section.
    PORTFOLIO_SECTION = "portfolio-section",
    /// A threat without a mitigation.
    PORTFOLIO_THREAT = "portfolio-threat",
    /// A component depends on a spec that is not there.
    PORTFOLIO_DEPENDENCY = "portfolio-dependency",
    /// Components that wait for each other.
    PORTFOLIO_CYCLE = "portfolio-cycle",
    /// A setting asks for less than the policy or the spec.
    THRESHOLD_LOOSENED = "threshold-loosened",

    // Gates.
    /// A static check failed.
    CHECK_FAILED = "check-failed",
    /// A test failed.
    TEST_FAILED = "test-failed",
    /// A branch was never taken.
    BRANCH_UNREACHED = "branch-unreached",
    /// A mutant survived the tests.
    MUTANT_SURVIVED = "mutant-survived",
    /// The server broke its contract.
    CONTRACT_VIOLATION = "contract-violation",
    /// A trial of a benchmark failed.
    TRIAL_FAILED = "trial-failed",
    /// Loudness or true peak out of range.
    AUDIO_OUT_OF_RANGE = "audio-out-of-range",
    /// The server sent silence or no audio.
    AUDIO_SILENT = "audio-silent",
    /// A change asks less of the code than before.
    GUARD_LOOSENED = "guard-loosened",
    /// Something that decides the verdict changed, and only a person can say which way.
    GUARD_CHANGED = "guard-changed",
    /// Tests or assertions are gone.
    TEST_LOST = "test-lost",
    /// A test is kept from running.
    TEST_IGNORED = "test-ignored",
    /// A check is told to look away from a place.
    CHECK_SUPPRESSED = "check-suppressed",
    /// A change touches what its spec does not allow.
    SCOPE_REJECTED = "scope-rejected",
    /// A change allows itself what was not agreed on before.
    SCOPE_WIDENED = "scope-widened",
    /// A change is larger than its budget.
    CHANGE_LARGE = "change-large",
    /// No test that ran and passed cites an acceptance criterion.
    CRITERION_UNPROVED = "criterion-unproved",
    /// A test passes and fails on the same code.
    TEST_FLAKY = "test-flaky",
    /// A finding of a SARIF report.
    SARIF_RESULT = "sarif-result",
    /// A policy denies something of the project.
    POLICY_DENIED = "policy-denied",
    /// A policy warns of something of the project.
    POLICY_WARNED = "policy-warned",
    /// An exception takes a policy's result back.
    POLICY_EXCEPTED = "policy-excepted",
    /// An exception of a policy takes nothing back.
    POLICY_EXCEPTION_UNUSED = "policy-exception-unused",
    /// A policy that cannot be relied on.
    POLICY_INVALID = "policy-invalid",
    /// A test of a policy does not hold.
    POLICY_TEST_FAILED = "policy-test-failed",

    // Waivers.
    /// A waiver's time is over.
    WAIVER_EXPIRED = "waiver-expired",
    /// A waiver was asked for in the future.
    WAIVER_NOT_YET_VALID = "waiver-not-yet-valid",
    /// A waiver lasts longer than one may.
    WAIVER_TOO_LONG = "waiver-too-long",
    /// More waivers are active than may be at once.
    WAIVER_TOO_MANY = "waiver-too-many",
    /// A waiver is approved by the one who asks for it.
    WAIVER_SELF_APPROVED = "waiver-self-approved",
    /// A waiver without the signature of its approver.
    WAIVER_SIGNATURE = "waiver-signature",
    /// A waiver for another spec or other commits.
    WAIVER_OUT_OF_RANGE = "waiver-out-of-range",
    /// A waiver for a gate that is none.
    WAIVER_GATE_UNKNOWN = "waiver-gate-unknown",
    /// A waiver for a gate that may never be waived.
    WAIVER_NOT_ALLOWED = "waiver-not-allowed",
    /// A waiver that waives nothing.
    WAIVER_UNMATCHED = "waiver-unmatched",
    /// Waivers in a shape of other tools and times.
    WAIVER_SHAPE = "waiver-shape",

    // The ledger.
    /// An entry is not the one its hash is of.
    LEDGER_ENTRY = "ledger-entry",
    /// A tile has another hash than the entries give.
    LEDGER_TILE = "ledger-tile",
    /// A file that a checkpoint covers is gone.
    LEDGER_MISSING = "ledger-missing",
    /// A checkpoint is malformed, of another log, or signed by nobody trusted.
    LEDGER_CHECKPOINT = "ledger-checkpoint",
    /// A checkpoint is over other leaves.
    LEDGER_ROOT = "ledger-root",
    /// Earlier checkpoints are not in order, or beyond the last.
    LEDGER_ORDER = "ledger-order",
    /// A record of the journal does not go on where the log ends.
    LEDGER_JOURNAL = "ledger-journal",
    /// A file cannot be read as what it is.
    LEDGER_UNREADABLE = "ledger-unreadable",
    /// The log does not continue a checkpoint that somebody holds.
    LEDGER_DIVERGED = "ledger-diverged",

    // The record.
    /// A signature does not verify.
    SIGNATURE_INVALID = "signature-invalid",
    /// There is no signature.
    SIGNATURE_MISSING = "signature-missing",
    /// Signed by a key nobody trusts here.
    KEY_UNTRUSTED = "key-untrusted",
    /// Signed by a key that may not sign this.
    KEY_NOT_ALLOWED = "key-not-allowed",
    /// Fewer signers than the trust policy asks for.
    SIGNER_THRESHOLD = "signer-threshold",
    /// Signed before the key counted.
    KEY_NOT_YET_VALID = "key-not-yet-valid",
    /// Signed after the key's time.
    KEY_EXPIRED = "key-expired",
    /// Signed by a key that was given up.
    KEY_REVOKED = "key-revoked",
    /// A key record that changes nothing.
    KEY_RECORD_IGNORED = "key-record-ignored",
    /// The time of signing is none, or in the future.
    SIGNING_TIME = "signing-time",
    /// A file's digest differs from the record.
    DIGEST_MISMATCH = "digest-mismatch",
    /// A file the record covers is gone.
    RECORD_FILE_MISSING = "record-file-missing",
    /// A file lies in the record's place and is not covered by it.
    RECORD_FILE_UNLISTED = "record-file-unlisted",
    /// A document is not in its canonical form.
    RECORD_NOT_CANONICAL = "record-not-canonical",
    /// The manifest says something its plan and evidence do not.
    RECORD_INCONSISTENT = "record-inconsistent",
    /// A gate of the plan has no evidence.
    EVIDENCE_MISSING = "evidence-missing",
    /// Evidence was measured under another plan.
    PLAN_MISMATCH = "plan-mismatch",
    /// The signed plan was not logged before the run, or the record behind it was not.
    PLAN_NOT_LOGGED = "plan-not-logged",
    /// A proof does not show what the record says of the ledger.
    LEDGER_PROOF = "ledger-proof",
    /// Recomputing gives another measurement.
    MEASUREMENT_DIFFERS = "measurement-differs",
    /// Recomputing gives another verdict.
    VERDICT_DIFFERS = "verdict-differs",
    /// Recomputing gives another score.
    SCORE_DIFFERS = "score-differs",
    /// A second run on the commit gives something else.
    RERUN_DIFFERS = "rerun-differs",

    // Commands that must have succeeded.
    /// A command that is required has no record.
    COMMAND_MISSING = "command-missing",
    /// A command that is required did not end with exit code 0.
    COMMAND_FAILED = "command-failed",
    /// The record is of another command than the one that is required.
    COMMAND_DIFFERS = "command-differs",
    /// The record is older than it may be, or from the future.
    COMMAND_AGE = "command-age",
    /// The record is of another commit, or of uncommitted changes.
    COMMAND_COMMIT = "command-commit",

    // The audit package.
    /// No tar archive, or one that is cut off.
    PACKAGE_MALFORMED = "package-malformed",
    /// A name in a package that could lead out of a folder.
    PACKAGE_PATH = "package-path",
    /// A link, a directory or a device in a package.
    PACKAGE_ENTRY_TYPE = "package-entry-type",
    /// The same path twice in a package.
    PACKAGE_DUPLICATE = "package-duplicate",
    /// A package in another form than its content has.
    PACKAGE_NOT_CANONICAL = "package-not-canonical",
    /// A package beyond the bounds of the reader.
    PACKAGE_TOO_LARGE = "package-too-large",
    /// The page in a package is not the one its record gives.
    REPORT_DIFFERS = "report-differs",
}

#[cfg(test)]
mod tests;
