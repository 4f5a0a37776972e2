# Sourced by the scripts beside it: where they install the clients they pin, once.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=${CONSUMERS_HOME:-$here/../../target/consumers}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
key=${KOKORO_API_KEY:-none}

arguments() {
  if [ $# -ne 2 ]; then
    echo "expected the address of a server and a file for the report: $0 http://127.0.0.1:8880 report.xml" >&2
    exit 2
  fi
  url=$1 report=$2
}
