use crate::gates::testing::Lab;

const CONFIG: &str = "schema_version: 1\ngates:\n  spec: { inputs: [.caws.yml] }\n";

fn messages(lab: &Lab) -> Vec<String> {
    lab.open()
        .findings
        .into_iter()
        .filter(|finding| finding.code == "policy-conflict")
        .map(|finding| finding.message)
        .collect()
}

#[test]
fn a_policy_nobody_names_is_compared_with_the_one_that_counts() {
    let lab = Lab::new(CONFIG);
    assert_eq!(messages(&lab), [""; 0]);
    // The tier of the fixture is 3: the policy asks for 0.7 and 0.3.
    lab.file(
        ".caws/policy.yaml",
        "version: 1\nrisk_tiers:\n  '3':\n    max_files: 5\n    max_loc: 10\n    coverage_threshold: 60\n    mutation_threshold: 30\n",
    );
    assert_eq!(
        messages(&lab),
        [
            "the least coverage of tier 3 is said twice, and the first counts: 0.7 (tier 3 at .caws/policy/tier-policy.json:26:21), 0.6 (tier 3 at .caws/policy.yaml:6:25)"
        ]
    );
    // What is no policy is passed over.
    lab.file(".caws/policy.yaml", "version: [1\n");
    assert_eq!(messages(&lab), [""; 0]);
}
