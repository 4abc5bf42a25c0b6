// SPDX-License-Identifier: Apache-2.0
// Makes calls of Rust's library from functions and a closure.
use std::fs;

#[inline(never)]
fn size_of(path: &str) -> u64 {
    fs::metadata(path).map(|m| m.len()).unwrap_or(0)
}

fn main() {
    let sizes: Vec<u64> = ["/etc/hostname", "/etc/passwd"].iter().map(|p| size_of(p)).collect();
    let text = fs::read_to_string("/etc/hostname").unwrap_or_default();
    println!("{:?} {}", sizes, text.len());
}
