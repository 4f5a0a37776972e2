"""The waivers of a caws record, judged again as docs/record.md says. Asked by verify.py."""

import base64
import hashlib
from datetime import datetime, timedelta

NEVER = ("spec", "integrity")
MOST, DAYS = 2, 14
CLOCKS_DIFFER = timedelta(minutes=5)


def check(record, plan, manifest, canonical):
    """The files that show the waivers of a plan to hold, by digest, and what keeps them from it, in words."""
    waivers = plan.get("waivers") or {"active": [], "rules": {"max_active": 0}}
    rules, started, files, faults = waivers["rules"], datetime.fromisoformat(manifest["caws"]["started"]), {}, []
    if len(waivers["active"]) > min(MOST, rules["max_active"]):
        faults.append(f"{len(waivers['active'])} are active, of at most {min(MOST, rules['max_active'])}")
    for active in waivers["active"]:
        waiver = active["waiver"]
        bundle, commits = (f"provenance/waivers/{waiver['id']}.{ending}.json" for ending in ("sigstore", "commits"))
        if bundle in files:
            faults.append(f"{waiver['id']} is there twice")
        files |= {bundle: active["bundle_sha256"], commits: active["lineage_sha256"]}
        digest = hashlib.sha256(canonical(waiver).encode()).hexdigest()
        subjects = {"commit": {"gitCommit": waiver["commits"]["from"]}, waiver["id"]: {"sha256": digest}}
        signer = record.signed(bundle, "waiver/v1", subjects, [], waiver)["key"]
        lineage = record.document(commits, active["lineage_sha256"])
        faults += [f"{waiver['id']}: {fault}" for fault in of_waiver(waiver, rules, signer, started, plan)]
        if not in_range(plan["subject"]["commit"], waiver["commits"], lineage):
            faults.append(f"{waiver['id']}: the commit is not in its range")
    return files, faults


def of_waiver(waiver, rules, signer, started, plan):
    """What keeps a waiver from holding that `signer` signed, in a run that began at `started`."""
    created, expires = datetime.fromisoformat(waiver["created"]), datetime.fromisoformat(waiver["expires"])
    owner, approver = person(waiver["owner"]["name"]), person(waiver["approver"])
    keys = {name: [one["key"] for one in rules["approvers"] if person(one["name"]) == name] for name in (owner, approver)}
    faults = {
        "it is over": started >= expires,
        "it was asked for in the future": created > started + CLOCKS_DIFFER,
        "it lasts too long, or not at all": not timedelta(0) < expires - created <= timedelta(days=min(DAYS, rules["max_days"])),
        "its gate may never be waived": waiver["gate"] in (*NEVER, *rules["never"]),
        "it is of another spec": waiver["scope"]["spec"] != plan["spec"]["id"],
        "its approver did not sign it": signer not in keys[approver],
        "who asks for it approved it": owner == approver or signer in keys[owner] or signer == waiver["owner"].get("key"),
    }
    return [fault for fault, found in faults.items() if found]


def person(name):
    """A name without what makes no difference: case, spaces around, a leading @."""
    return " ".join(name.strip().lstrip("@").lower().split())


def in_range(commit, commits, lineage):
    """Whether a commit descends from the first of a range, and the last of it, where there is one, from the commit."""
    to = commits.get("to")
    if lineage["schema_version"] != 1 or not commit or not to and lineage["until"]:
        return False
    return descends(commit, commits["from"], lineage["since"]) and (not to or descends(to, commit, lineage["until"]))


def descends(commit, ancestor, chain):
    """Whether the content of commits, each a parent of the one before, leads from a commit to a child of its ancestor."""
    may_be = [commit]
    for content in (base64.b64decode(entry, validate=True) for entry in chain):
        name = hashlib.new("sha256" if len(commit) == 64 else "sha1", b"commit %d\0" % len(content) + content).hexdigest()
        if name not in may_be:
            return False
        head = content.split(b"\n\n")[0].split(b"\n")
        may_be = [line[7:].decode() for line in head if line.startswith(b"parent ")]
    return ancestor in may_be


def of_gate(evidence, plan):
    """The waivers of the plan that are for a gate, by id."""
    active = (plan.get("waivers") or {"active": []})["active"]
    return {one["waiver"]["id"] for one in active if one["waiver"]["gate"] == evidence["gate"]}
