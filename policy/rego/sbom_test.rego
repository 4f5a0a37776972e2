package caws.sbom_test

import data.caws.fixture
import data.caws.sbom

one := {"name": "one", "version": "1.0.0", "purl": null, "license": "MIT", "source": "registry", "hashed": true}

two := {"name": "two", "version": "2.0.0", "purl": null, "license": "MIT", "source": "registry", "hashed": true}

lock := {"path": "Cargo.lock", "sha256": "aa", "kind": "cargo", "error": null, "packages": [one, two]}

document(path, digest, packages) := {
	"path": path, "sha256": "00", "error": null,
	"format": "CycloneDX", "spec_version": "1.6", "lock_sha256": digest, "packages": packages,
}

found(locks, sboms) := results if {
	results := sbom.deny with input as object.union(fixture.document, {"locks": locks, "sboms": sboms})
}

test_nothing_locked_needs_no_sbom if count(found([], [])) == 0

test_a_lock_file_without_an_sbom_is_denied if fixture.codes(found([lock], [])) == {"sbom-missing"}

test_an_sbom_of_these_bytes_is_fresh if count(found([lock], [document("bom.json", "aa", [])])) == 0

test_an_sbom_of_other_bytes_is_stale if {
	fixture.codes(found([lock], [document("bom.json", "bb", [one])])) == {"sbom-stale"}
}

test_an_sbom_of_another_project_is_none if {
	other := object.union(one, {"name": "other"})
	fixture.codes(found([lock], [document("bom.json", "bb", [other])])) == {"sbom-missing"}
}

test_an_sbom_of_another_tool_is_fresh_if_it_lists_all if {
	count(found([lock], [document("bom.json", null, [one, two])])) == 0
}

test_an_sbom_of_another_tool_is_stale_if_a_version_differs if {
	older := object.union(two, {"version": "1.9.0"})
	fixture.codes(found([lock], [document("bom.json", null, [one, older])])) == {"sbom-stale"}
}

test_what_cannot_be_read_is_denied if {
	broken := object.union(lock, {"error": "no TOML"})
	fixture.codes(found([broken], [])) == {"sbom-unreadable"}
}
