# A Homebrew formula: put the address, the version and the sums of basin_VERSION_checksums.txt in.
class Basin < Formula
  desc "Recurrent networks of binary neurons that learn with a local rule"
  homepage "ADDRESS"
  version "VERSION"
  license "BSD-3-Clause"

  on_macos do
    on_arm do
      url "ADDRESS/releases/download/vVERSION/basin_VERSION_darwin_arm64.tar.gz"
      sha256 "SUM_DARWIN_ARM64"
    end
    on_intel do
      url "ADDRESS/releases/download/vVERSION/basin_VERSION_darwin_amd64.tar.gz"
      sha256 "SUM_DARWIN_AMD64"
    end
  end
  on_linux do
    on_arm do
      url "ADDRESS/releases/download/vVERSION/basin_VERSION_linux_arm64.tar.gz"
      sha256 "SUM_LINUX_ARM64"
    end
    on_intel do
      url "ADDRESS/releases/download/vVERSION/basin_VERSION_linux_amd64.tar.gz"
      sha256 "SUM_LINUX_AMD64"
    end
  end

  def install
    bin.install "basin"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/basin.bash" => "basin"
    zsh_completion.install "completions/_basin"
    fish_completion.install "completions/basin.fish"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/basin version")
  end
end
