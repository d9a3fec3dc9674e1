//! The properties format and the hash of Java, with the JDK as the judge.

mod java_hash;
mod jdk;
