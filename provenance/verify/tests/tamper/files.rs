//! Files taken away, added, cut, doubled and put in each other's place; the container of a package.

use std::collections::BTreeMap;

use caws_evidence::codes::*;
use caws_evidence::manifest::layout::{
    MANIFEST, MANIFEST_BUNDLE, MANIFEST_PROOF, PLAN, PLAN_BUNDLE, PLAN_PROOF, REPORT,
};
use caws_verify::package;
use tar::{EntryType, Header};

use crate::common::{
    COVERAGE, COVERAGE_BUNDLE, COVERAGE_RAW, Files, MUTATION, MUTATION_BUNDLE, MUTATION_RAW,
    STATIC, STATIC_BUNDLE, TESTS_RAW, gzip,
};
use crate::row::{Row, anyone, base, packed};

pub(crate) fn rows() -> Vec<Row> {
    [taken(), added(), raw(), container()].concat()
}

fn taken() -> Vec<Row> {
    let gone = |name, path: &'static str| {
        anyone(name, |files: &mut Files| {
            files.remove(path).unwrap();
        })
    };
    vec![
        gone("the manifest removed", MANIFEST).found(&[(RECORD_FILE_MISSING, MANIFEST)]),
        gone("the plan removed", PLAN).found(&[(RECORD_FILE_MISSING, PLAN)]),
        gone("an evidence record removed", COVERAGE).found(&[
            (EVIDENCE_MISSING, COVERAGE),
            (RECORD_FILE_MISSING, COVERAGE),
        ]),
        gone("a raw output removed", COVERAGE_RAW).found(&[(RECORD_FILE_MISSING, COVERAGE_RAW)]),
        gone("the signature of a gate removed", STATIC_BUNDLE)
            .found(&[(SIGNATURE_MISSING, STATIC_BUNDLE)]),
        gone("the signature of the manifest removed", MANIFEST_BUNDLE).found(&[
            (SIGNATURE_MISSING, MANIFEST_BUNDLE),
            (LEDGER_PROOF, MANIFEST_PROOF),
        ]),
        gone("the signature of the plan removed", PLAN_BUNDLE).found(&[
            (SIGNATURE_MISSING, PLAN_BUNDLE),
            (LEDGER_PROOF, PLAN_PROOF),
            (RECORD_FILE_MISSING, PLAN_BUNDLE),
        ]),
        gone("the proof of the plan removed", PLAN_PROOF)
            .found(&[(RECORD_FILE_MISSING, PLAN_PROOF)]),
        anyone("a gate removed, with all its files", |files| {
            files.retain(|path, _| !path.starts_with("evidence/mutation/"));
        })
        .found(&[
            (EVIDENCE_MISSING, MUTATION),
            (RECORD_FILE_MISSING, MUTATION),
            (RECORD_FILE_MISSING, MUTATION_RAW),
        ]),
    ]
}

fn added() -> Vec<Row> {
    let unlisted = |name, path: &'static str, bytes: Vec<u8>| {
        anyone(name, |files| {
            files.insert(path.to_owned(), bytes);
        })
        .found(&[(RECORD_FILE_UNLISTED, path)])
    };
    vec![
        unlisted("a raw output added", "evidence/static/raw/x.gz", gzip(b"x")),
        unlisted(
            "a gate added",
            "evidence/other/evidence.json",
            base()[STATIC].clone(),
        ),
        unlisted(
            "something laid beside the manifest",
            "provenance/notes.txt",
            b"all is well".to_vec(),
        ),
        unlisted(
            "a bundle doubled",
            "provenance/copy-manifest.sigstore.json",
            base()[MANIFEST_BUNDLE].clone(),
        ),
    ]
}

fn raw() -> Vec<Row> {
    let changed = |name, change: fn(&mut Vec<u8>)| {
        anyone(name, |files| change(files.get_mut(COVERAGE_RAW).unwrap()))
            .found(&[(DIGEST_MISMATCH, COVERAGE_RAW)])
    };
    vec![
        changed("the content of a raw output changed", |b| {
            *b = gzip(b"<coverage/>");
        }),
        changed("a raw output cut", |b| b.truncate(30)),
        changed("bytes behind a raw output", |b| b.push(0)),
        anyone("two raw outputs in each other's place", |files| {
            swap(files, COVERAGE_RAW, TESTS_RAW);
        })
        .found(&[
            (DIGEST_MISMATCH, COVERAGE_RAW),
            (DIGEST_MISMATCH, TESTS_RAW),
        ]),
        anyone(
            "two gates in each other's place, signatures and all",
            |files| {
                swap(files, STATIC, MUTATION);
                swap(files, STATIC_BUNDLE, MUTATION_BUNDLE);
                let raw = files.remove(MUTATION_RAW).unwrap();
                files.insert("evidence/static/raw/mutants.json.gz".to_owned(), raw);
            },
        )
        .found(&[
            (DIGEST_MISMATCH, STATIC),
            (RECORD_INCONSISTENT, STATIC),
            (PLAN_MISMATCH, STATIC),
            (RECORD_FILE_MISSING, MUTATION_RAW),
            (DIGEST_MISMATCH, MUTATION),
            (RECORD_INCONSISTENT, MUTATION),
            (PLAN_MISMATCH, MUTATION),
            (RECORD_FILE_UNLISTED, "evidence/static/raw/mutants.json.gz"),
        ]),
        anyone("the signatures of two gates exchanged", |files| {
            swap(files, STATIC_BUNDLE, COVERAGE_BUNDLE);
        })
        .found(&[(DIGEST_MISMATCH, STATIC), (DIGEST_MISMATCH, COVERAGE)]),
    ]
}

fn swap(files: &mut Files, a: &str, b: &str) {
    let (of_a, of_b) = (files[a].clone(), files[b].clone());
    files.insert(a.to_owned(), of_b);
    files.insert(b.to_owned(), of_a);
}

/// A name for packages, where a finding is about no entry of one.
pub(crate) const PACKAGE: &str = "x.caws";

fn container() -> Vec<Row> {
    let whole = package::write(&base()).unwrap();
    let entries: Vec<(String, Vec<u8>)> = base().into_iter().collect();
    // What fills a block up is there to be changed.
    assert_ne!(entries[0].1.len() % 512, 0);
    let (first, last) = (&entries[0], &entries[entries.len() - 1]);
    let flipped = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    };
    let with = |added: &[(String, Vec<u8>)], kind| {
        let all = entries.iter().chain(added);
        archive(
            all.map(|(path, bytes)| (path.as_str(), bytes.as_slice())),
            kind,
        )
    };
    let reversed = entries.iter().rev();
    let mut doubled = BTreeMap::from_iter(entries.clone());
    doubled.insert(REPORT.to_owned(), b"<html>".to_vec());
    doubled.insert("notes.txt".to_owned(), b"all is well".to_vec());
    vec![
        packed("a bit of a header changed", flipped(0)).found(&[(PACKAGE_MALFORMED, PACKAGE)]),
        packed(
            "something between an entry and the next",
            flipped(512 + first.1.len()),
        )
        .found(&[(PACKAGE_NOT_CANONICAL, COVERAGE)]),
        packed("the package cut", whole[..whole.len() / 2].to_vec())
            .found(&[(PACKAGE_MALFORMED, PACKAGE)]),
        packed("its end cut", whole[..whole.len() - 512].to_vec())
            .found(&[(PACKAGE_NOT_CANONICAL, PACKAGE)]),
        packed("a zero behind its end", [whole.as_slice(), &[0]].concat())
            .found(&[(PACKAGE_NOT_CANONICAL, PACKAGE)]),
        packed(
            "the package twice",
            [&whole[..whole.len() - 1024], whole.as_slice()].concat(),
        )
        .found(&[(PACKAGE_DUPLICATE, COVERAGE)]),
        packed(
            "entries in another order",
            archive(reversed.map(|(p, b)| (p.as_str(), b.as_slice())), None),
        )
        .found(&[(PACKAGE_NOT_CANONICAL, PLAN_BUNDLE)]),
        packed("an entry twice", with(std::slice::from_ref(last), None))
            .found(&[(PACKAGE_DUPLICATE, PLAN_PROOF)]),
        packed(
            "an entry whose name leads out of the folder",
            with(&[("provenance/../../x".to_owned(), Vec::new())], None),
        )
        .found(&[(PACKAGE_PATH, "provenance/../../x")]),
        packed(
            "an entry that is a link",
            with(&[], Some(EntryType::Symlink)),
        )
        .found(&[(PACKAGE_ENTRY_TYPE, first.0.clone().leak())]),
        packed(
            "a file that nobody lists",
            package::write(&doubled).unwrap(),
        )
        .found(&[(RECORD_FILE_UNLISTED, "notes.txt")]),
    ]
}

/// Entries as they come; the first of another type, where one is given.
fn archive<'a>(
    entries: impl Iterator<Item = (&'a str, &'a [u8])>,
    mut kind: Option<EntryType>,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (path, content) in entries {
        let mut header = Header::new_ustar();
        header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
        header.set_entry_type(kind.take().unwrap_or(EntryType::Regular));
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(content.len() as u64);
        header.set_cksum();
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.extend_from_slice(&[0; 1024]);
    bytes
}
