//! Which clients an installer is for.

use std::fmt;

/// An operating system and, where an installer is not for all of them, a processor.
///
/// Its text is the name of its folder: `windows-x64`, `macos`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Platform {
    os: Os,
    arch: Option<Arch>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Os {
    Windows,
    Mac,
    Linux,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Arch {
    X64,
    X86,
    Arm64,
}

const SYSTEMS: [Os; 3] = [Os::Windows, Os::Mac, Os::Linux];
const PROCESSORS: [Option<Arch>; 4] = [None, Some(Arch::X64), Some(Arch::X86), Some(Arch::Arm64)];

impl Platform {
    /// Every platform that a folder can be for.
    pub fn all() -> impl Iterator<Item = Self> {
        SYSTEMS.into_iter().flat_map(|os| PROCESSORS.map(|arch| Self { os, arch }))
    }

    /// Reads the name of a folder.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::all().find(|platform| platform.to_string() == name)
    }

    /// The platforms whose installers fit a client, the closest first: its system with its processor, its system alone.
    ///
    /// `os` and `arch` are the Java properties `os.name` and `os.arch`, which a client fills in for `${osname}` and
    /// `${arch}`. The processor is that of its Java: a 32-bit client on a 64-bit Windows says `x86`.
    pub fn of_client(os: &str, arch: &str) -> impl Iterator<Item = Self> {
        let arch = Arch::of_java(arch).map(Some);
        let os = Os::of_java(os);
        os.into_iter().flat_map(move |os| arch.into_iter().chain([None]).map(move |arch| Self { os, arch }))
    }

    /// The name of the file by which its clients learn of a version.
    #[must_use]
    pub fn feed(self) -> &'static str {
        match self.os {
            Os::Windows | Os::Linux => "versionupdate.properties",
            Os::Mac => "appcast.xml",
        }
    }

    /// Whether its clients read an appcast, as Sparkle does.
    #[must_use]
    pub fn reads_appcast(self) -> bool {
        self.os == Os::Mac
    }

    /// How the names of installers end that its clients can start, in lower case.
    pub(super) fn endings(self) -> &'static [&'static str] {
        match self.os {
            // The client saves the file under the ending .exe, whatever it was, and starts it as a program.
            Os::Windows => &[".exe"],
            // What Sparkle unpacks.
            Os::Mac => &[".dmg", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tbz"],
            Os::Linux => &[".deb", ".rpm", ".tar.gz", ".tar.xz", ".tar.bz2", ".appimage", ".run", ".zip"],
        }
    }

    /// Whether its clients compare versions as `UpdateServiceImpl` does: three numbers or more, else as text.
    pub(super) fn compares_numbers(self) -> bool {
        self.os == Os::Windows
    }

    /// What must not stand in a link: before it downloads, a Windows client up to 2.10 replaces the name of the other
    /// processor by its own, wherever it stands.
    pub(super) fn replaced_in_links(self) -> &'static [&'static str] {
        match (self.os, self.arch) {
            (Os::Windows, Some(Arch::X64)) => &["x86"],
            (Os::Windows, Some(Arch::X86)) => &["x64"],
            (Os::Windows, None) => &["x86", "x64"],
            _ => &[],
        }
    }
}

impl Os {
    /// By `os.name`: `Windows 10`, `Windows Server 2019`, `Mac OS X`, `Linux`.
    fn of_java(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        let starts = |start| name.starts_with(start);
        match () {
            () if starts("windows") => Some(Self::Windows),
            () if starts("mac") || starts("darwin") => Some(Self::Mac),
            () if starts("linux") => Some(Self::Linux),
            () => None,
        }
    }
}

impl Arch {
    /// By `os.arch`: `amd64` (on macOS `x86_64`), `x86` (on Linux `i386`), `aarch64`.
    fn of_java(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "amd64" | "x86_64" | "x64" => Some(Self::X64),
            "x86" | "i386" | "i486" | "i586" | "i686" => Some(Self::X86),
            "aarch64" | "arm64" => Some(Self::Arm64),
            _ => None,
        }
    }
}

/// The name of the folder.
impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.os {
            Os::Windows => "windows",
            Os::Mac => "macos",
            Os::Linux => "linux",
        })?;
        f.write_str(match self.arch {
            None => "",
            Some(Arch::X64) => "-x64",
            Some(Arch::X86) => "-x86",
            Some(Arch::Arm64) => "-arm64",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_known_by_what_java_says() {
        for (os, arch, expected) in [
            ("Windows 10", "amd64", "windows-x64 windows"),
            ("Windows 11", "aarch64", "windows-arm64 windows"),
            ("Windows 7", "x86", "windows-x86 windows"),
            ("Windows Server 2019", "AMD64", "windows-x64 windows"),
            ("Mac OS X", "x86_64", "macos-x64 macos"),
            ("Mac OS X", "aarch64", "macos-arm64 macos"),
            ("Linux", "i386", "linux-x86 linux"),
            ("Linux", "ppc64le", "linux"),
            ("Windows 10", "", "windows"),
            ("", "amd64", ""),
            ("SunOS", "sparcv9", ""),
            ("../../etc", "x86", ""),
        ] {
            let platforms: Vec<String> = Platform::of_client(os, arch).map(|platform| platform.to_string()).collect();
            assert_eq!(platforms.join(" "), expected, "{os} {arch}");
        }
    }

    #[test]
    fn every_platform_has_one_name() {
        for platform in Platform::all() {
            assert_eq!(Platform::parse(&platform.to_string()), Some(platform));
        }
        for name in ["", "windows-", "Windows", "windows-x64/", "win", "macosx", "windows_x64"] {
            assert_eq!(Platform::parse(name), None, "{name}");
        }
    }
}
