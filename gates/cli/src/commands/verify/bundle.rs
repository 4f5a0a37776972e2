//! `caws verify BUNDLE`: a Sigstore bundle as cosign, GitHub or npm write it, or one of ours alone.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;

use caws_attest::PublicKey;
use caws_attest::sigstore::log::DSSE;
use caws_attest::sigstore::{
    Certificate, Content, LogEntry, LogError, Material, SigstoreBundle, Trust,
};
use caws_attest::{ResourceDescriptor, Statement};
use caws_evidence::sha256_hex;
use caws_report::{json, text};
use caws_runner::ExitCode;
use serde::Serialize;

use crate::args::{Format, Verify};
use crate::error::CliError;
use crate::keys;
use crate::output::{Output, print};

/// Bytes read to see what a file is.
const BEGINNING: u64 = 512;
/// Most bytes of a bundle.
const LIMIT: u64 = 16 << 20;
/// A payload that is an in-toto statement.
const IN_TOTO: &str = "application/vnd.in-toto+json";

/// The file, where it is JSON: an audit package never begins so, and no more is read of one than its beginning.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, CliError> {
    let mut bytes = Vec::new();
    let mut read = || {
        let mut file = std::fs::File::open(path)?.take(LIMIT + 1);
        let first = |bytes: &[u8]| bytes.iter().find(|b| !b.is_ascii_whitespace()).copied();
        while first(&bytes).is_none() && file.by_ref().take(BEGINNING).read_to_end(&mut bytes)? > 0
        {
        }
        if first(&bytes) != Some(b'{') {
            return Ok(false);
        }
        file.read_to_end(&mut bytes).map(|_| true)
    };
    if !read().map_err(CliError::file("read", path))? {
        return Ok(None);
    }
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LIMIT) {
        return Err(CliError::usage(
            format!("{} has more than {LIMIT} bytes", path.display()),
            "a Sigstore bundle has some kilobytes; name another file",
        ));
    }
    Ok(Some(bytes))
}

#[derive(Debug, Serialize)]
struct Document {
    schema_version: u32,
    kind: &'static str,
    ok: bool,
    /// Version of the bundle's format.
    version: Option<String>,
    /// Who signed.
    signer: Option<Signer>,
    payload_type: Option<String>,
    predicate_type: Option<String>,
    subjects: Vec<ResourceDescriptor>,
    /// Files given with `--subject` that it is about.
    held_against: Vec<String>,
    /// Entries of transparency logs in it.
    log_entries: usize,
    /// Those that are about this envelope and its certificate, with a proof that leads to the root it names.
    log_entries_checked: usize,
    /// When the log took it, where `--log-key` verified the log's signatures.
    logged: Option<String>,
    /// Timestamps (RFC 3161) in it. They are counted, not checked.
    timestamps: usize,
    /// Why it is not believed.
    why: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Signer {
    /// A trusted key, by its fingerprint.
    Key(String),
    /// A certificate that an authority issued.
    Certificate {
        names: Vec<String>,
        issuer: Option<String>,
        not_before: String,
        not_after: String,
    },
}

pub(super) fn run(args: &Verify, bytes: &[u8], output: &Output) -> Result<ExitCode, CliError> {
    if args.recompute
        || args.ledger.is_some()
        || args.allow_unsigned
        || args.trusted.trust.is_some()
    {
        return Err(CliError::usage(
            format!("{} is a Sigstore bundle", args.artifacts.display()),
            "--recompute, --ledger, --allow-unsigned and --trust are for records of runs; a bundle takes --key, or --authority with --identity, --issuer and --at",
        ));
    }
    let mut document = Document {
        schema_version: json::SCHEMA_VERSION,
        kind: "bundle-verification",
        ok: false,
        version: None,
        signer: None,
        payload_type: None,
        predicate_type: None,
        subjects: Vec::new(),
        held_against: Vec::new(),
        log_entries: 0,
        log_entries_checked: 0,
        logged: None,
        timestamps: 0,
        why: None,
    };
    match believed(args, bytes, &mut document)? {
        Ok(()) => document.ok = true,
        Err(why) => document.why = Some(why),
    }
    print(&match output.format {
        Format::Human => human(&document, output.quiet()),
        Format::Json => json::document(&document)?,
        _ => return Err(output.unsupported("verify of a bundle")),
    })?;
    Ok(if document.ok {
        ExitCode::Pass
    } else {
        ExitCode::VerificationFailed
    })
}

/// Fills in the document; the inner error is why the bundle is not believed.
fn believed(
    args: &Verify,
    bytes: &[u8],
    document: &mut Document,
) -> Result<Result<(), String>, CliError> {
    let bundle = match SigstoreBundle::parse(bytes) {
        Ok(bundle) => bundle,
        Err(error) => return Ok(Err(error.to_string())),
    };
    document.version = Some(bundle.version.clone());
    document.log_entries = bundle.tlog_entries.len();
    document.timestamps = bundle.timestamps.len();
    let (authorities, keys) = whom(args, &bundle)?;
    let asked = &args.bundle;
    let log_key = asked
        .log_key
        .as_deref()
        .map(keys::read_public)
        .transpose()?;
    let logged = match logged(&bundle, log_key.as_ref(), document) {
        Ok(logged) => logged,
        Err(why) => return Ok(Err(why)),
    };
    document.logged = logged.map(|at| at.to_string());
    let trust = match (&asked.identity, &asked.issuer, asked.at.or(logged)) {
        (Some(name), Some(issuer), Some(at)) => Trust::Identity {
            authorities: &authorities,
            name,
            issuer,
            at,
        },
        _ => Trust::Keys(&keys),
    };
    let mut files = Vec::new();
    for path in &asked.subjects {
        files.push((
            path,
            std::fs::read(path).map_err(CliError::file("read", path))?,
        ));
    }
    let certificate = match &bundle.material {
        Material::Certificates { leaf, .. } => Some(certified(leaf)),
        Material::Key { .. } => None,
    };
    if let Content::Message { .. } = bundle.content {
        let [(path, artifact)] = files.as_slice() else {
            return Err(CliError::usage(
                format!(
                    "the bundle is a signature over one file, and {} were given",
                    files.len()
                ),
                "name the file with --subject FILE",
            ));
        };
        return Ok(match bundle.verify_artifact(artifact, &trust) {
            Ok(()) => {
                let signed = keys.iter().find(|key| {
                    bundle
                        .verify_artifact(artifact, &Trust::Keys(std::slice::from_ref(key)))
                        .is_ok()
                });
                document.signer = certificate.or(signed.map(|key| Signer::Key(key.fingerprint())));
                document.held_against.push(path.display().to_string());
                Ok(())
            }
            Err(error) => Err(error.to_string()),
        });
    }
    let payload = match bundle.verify(&trust) {
        Ok(payload) => payload,
        Err(error) => return Ok(Err(error.to_string())),
    };
    document.signer = certificate.or(payload.signers().first().cloned().map(Signer::Key));
    document.payload_type = Some(payload.payload_type().to_owned());
    if payload.payload_type() != IN_TOTO {
        return Ok(if files.is_empty() {
            Ok(())
        } else {
            Err(format!(
                "expected an in-toto statement, which says what it is about, found payload type `{}`",
                payload.payload_type()
            ))
        });
    }
    let statement: Statement = match payload.statement() {
        Ok(statement) => statement,
        Err(error) => return Ok(Err(error.to_string())),
    };
    document.predicate_type = Some(statement.predicate_type.clone());
    document.subjects.clone_from(&statement.subject);
    for (path, artifact) in files {
        let digest = sha256_hex(&artifact);
        let about = |subject: &ResourceDescriptor| subject.digest.get("sha256") == Some(&digest);
        if !statement.subject.iter().any(about) {
            return Ok(Err(format!(
                "expected {} (sha256 {digest}) among the subjects, found none of that digest",
                path.display()
            )));
        }
        document.held_against.push(path.display().to_string());
    }
    Ok(Ok(()))
}

/// Checks the log entries about the envelope; with the log's key gives the time the log vouches for.
fn logged(
    bundle: &SigstoreBundle,
    key: Option<&PublicKey>,
    document: &mut Document,
) -> Result<Option<jiff::Timestamp>, String> {
    let said = |error: LogError| error.to_string();
    let mut times = Vec::new();
    if let (Content::Dsse(envelope), Material::Certificates { leaf, .. }) =
        (&bundle.content, &bundle.material)
    {
        for entry in bundle.tlog_entries.iter().filter(|entry| about(entry)) {
            let entry = LogEntry::from_bundle(entry).map_err(said)?;
            entry.check_envelope(envelope, leaf, None).map_err(said)?;
            if entry.proof.is_some() {
                entry.check_inclusion().map_err(said)?;
                document.log_entries_checked += 1;
            }
            if let Some(key) = key {
                times.push(entry.verify_promise(key).map_err(said)?);
            }
        }
    }
    if key.is_some() && times.is_empty() {
        return Err(
            "expected a log entry about this envelope (dsse 0.0.1), found none: --log-key has nothing to say".to_owned(),
        );
    }
    Ok(times.into_iter().min())
}

/// Whether an entry is of the kind that is about an envelope; others are counted.
fn about(entry: &serde_json::Value) -> bool {
    let field = |name| entry.pointer(name).and_then(serde_json::Value::as_str);
    (field("/kindVersion/kind"), field("/kindVersion/version")) == (Some(DSSE.0), Some(DSSE.1))
}

/// Whom the caller believes, of the kind the bundle is signed with.
fn whom(
    args: &Verify,
    bundle: &SigstoreBundle,
) -> Result<(Vec<Certificate>, Vec<PublicKey>), CliError> {
    if let Some(path) = &args.bundle.authority {
        let pem = std::fs::read_to_string(path).map_err(CliError::file("read", path))?;
        let authorities = Certificate::from_pem_chain(&pem).map_err(|error| {
            CliError::usage(
                format!("{}: {error}", path.display()),
                "name a file with certificates in PEM",
            )
        })?;
        if authorities.is_empty() {
            return Err(CliError::usage(
                format!("{} has no certificate", path.display()),
                "name a file with certificates in PEM",
            ));
        }
        if args.bundle.at.is_none() && args.bundle.log_key.is_none() {
            return Err(CliError::usage(
                "nobody says when the bundle was signed, and its certificate has to have been valid then",
                "give --at TIME, or --log-key FILE for the time of the log entry",
            ));
        }
        return Ok((authorities, Vec::new()));
    }
    if let Material::Certificates { leaf, .. } = &bundle.material {
        return Err(CliError::usage(
            format!(
                "the bundle is signed with a certificate for {}",
                leaf.names().join(", ")
            ),
            "say whom to believe: --authority FILE --identity NAME --issuer URL --at TIME",
        ));
    }
    let trusted = keys::trusted(&args.trusted.keys)?;
    if trusted.is_empty() {
        return Err(CliError::usage(
            format!(
                "no key is trusted here: {} holds no *.pub file",
                keys::TRUSTED
            ),
            "give the signer's public key with --key FILE",
        ));
    }
    let keys = trusted.into_iter().map(|trusted| trusted.key).collect();
    Ok((Vec::new(), keys))
}

fn certified(leaf: &Certificate) -> Signer {
    let (not_before, not_after) = leaf.validity();
    Signer::Certificate {
        names: leaf.names().to_vec(),
        issuer: leaf.issuer().map(str::to_owned),
        not_before: not_before.to_string(),
        not_after: not_after.to_string(),
    }
}

fn human(document: &Document, quiet: bool) -> String {
    let mut out = String::new();
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(out, "{name:<12}{}", text::line(value));
    };
    if !quiet {
        if let Some(version) = &document.version {
            row("bundle", version);
        }
        match &document.signer {
            Some(Signer::Key(fingerprint)) => row("key", fingerprint),
            Some(Signer::Certificate {
                names,
                issuer,
                not_before,
                not_after,
            }) => {
                row("identity", &names.join(", "));
                row("issuer", issuer.as_deref().unwrap_or("none"));
                row("certificate", &format!("{not_before} to {not_after}"));
            }
            None => {}
        }
        if let Some(payload) = &document.payload_type {
            row("payload", payload);
        }
        if let Some(predicate) = &document.predicate_type {
            row("predicate", predicate);
        }
        for subject in &document.subjects {
            let name = subject.name.as_deref().or(subject.uri.as_deref());
            let digests: Vec<String> = subject
                .digest
                .iter()
                .map(|(algorithm, hex)| format!("{algorithm}:{hex}"))
                .collect();
            let name = name.unwrap_or("unnamed");
            row("subject", &format!("{name} {}", digests.join(" ")));
        }
        for path in &document.held_against {
            row("matches", path);
        }
        let (checked, stamps) = (document.log_entries_checked, document.timestamps);
        let entries = document.log_entries.saturating_sub(checked);
        match &document.logged {
            Some(at) => row(
                "log",
                &format!("the log signed that it took the entry at {at}"),
            ),
            None if checked > 0 => row(
                "log",
                &format!(
                    "{checked} entries are about this signature and hang together; that the log made them is not checked without --log-key"
                ),
            ),
            None => {}
        }
        row(
            "not checked",
            &format!("{entries} log entries, {stamps} timestamps"),
        );
    }
    match &document.why {
        None => out.push_str("✓ verified: the signature holds, by somebody who is believed here\n"),
        Some(why) => {
            let _ = writeln!(out, "✗ not verified: {}", text::line(why));
        }
    }
    out
}
