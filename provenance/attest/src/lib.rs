//! DSSE, in-toto statements, Sigstore bundles and keys.
