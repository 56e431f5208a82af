#!/usr/bin/env bash
# A real Slurm of one node, for trying and testing sweeps: no systemd, nothing outside one folder.
#
#   scripts/slurm_one_node.sh up DIR      start munge, MariaDB, slurmdbd, slurmctld, slurmd in DIR
#   scripts/slurm_one_node.sh down DIR    cancel what runs, stop all of them; DIR stays, with its logs
#   eval "$(scripts/slurm_one_node.sh env DIR)"    make sinfo, srun, sbatch, sacct talk to it
#
# Needs root and Debian's packages:
#   apt-get install -y --no-install-recommends slurm-wlm munge slurmdbd mariadb-server
#
# Accounting (slurmdbd and its database) is not optional: submitit asks sacct how a job ended, and
# without an answer the driver of a sweep waits for a killed job for ever.
set -euo pipefail

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" >&2; exit 2; }
[ $# -eq 2 ] || usage
action=$1
folder=$(mkdir -p "$2" && cd "$2" && pwd)
cpus=${SLURM_ONE_NODE_CPUS:-$(nproc)}
memory=${SLURM_ONE_NODE_MEMORY_MB:-$(awk '/MemTotal/ {print int($2 / 1024 * 0.9)}' /proc/meminfo)}
export SLURM_CONF="$folder/slurm.conf"

say() { echo "slurm_one_node: $*" >&2; }
fail() { say "$*"; exit 1; }

# wait_for SECONDS WHAT COMMAND...: until the command succeeds.
wait_for() {
  local seconds=$1 what=$2; shift 2
  for _ in $(seq "$((seconds * 2))"); do
    timeout 5 "$@" >/dev/null 2>&1 && return 0
    sleep 0.5
  done
  fail "$what does not answer after $seconds s; see $folder/*.log"
}

# free_port: a TCP port that nobody listens on.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 20000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

configure() {
  local ctld_port slurmd_port dbd_port db_port password
  ctld_port=$(free_port) slurmd_port=$(free_port) dbd_port=$(free_port) db_port=$(free_port)
  password=$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')
  echo "$db_port" > "$folder/mariadb.port"
  (umask 077; echo "$password" > "$folder/mariadb.password")
  (umask 077; head -c 1024 /dev/urandom > "$folder/munge.key")
  cat > "$folder/slurm.conf" <<CONF
ClusterName=onenode
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$ctld_port
SlurmdPort=$slurmd_port
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
ReturnToService=2
SchedulerParameters=sched_interval=2
KillWait=5
JobAcctGatherType=jobacct_gather/linux
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=$dbd_port
AccountingStoragePass=$folder/munge.socket
NodeName=node1 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 CPUs=$cpus RealMemory=$memory State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
  (umask 077; cat > "$folder/slurmdbd.conf" <<CONF
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort=$dbd_port
SlurmUser=root
PidFile=$folder/slurmdbd.pid
LogFile=$folder/slurmdbd.log
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=$db_port
StorageUser=slurm
StoragePass=$password
StorageLoc=slurm
CONF
  )
}

database() { timeout 60 mariadb --no-defaults --socket="$folder/mariadb.socket" -u root "$@"; }

up() {
  [ "$(id -u)" = 0 ] || fail "needs root"
  local tool
  for tool in munged mariadbd mariadb-install-db slurmdbd slurmctld slurmd; do
    [ -n "$(PATH=$PATH:/usr/sbin command -v "$tool")" ] || fail "$tool is not installed; see the head of this script"
  done
  PATH=$PATH:/usr/sbin
  [ ! -e "$folder/slurm.conf" ] || down
  mkdir -p "$folder/state" "$folder/spool" "$folder/mariadb"
  chmod 755 "$folder"
  configure

  munged --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" \
    --pid-file="$folder/munged.pid" --log-file="$folder/munged.log" --seed-file="$folder/munge.seed" \
    2> "$folder/munged.start.log"

  [ -d "$folder/mariadb/mysql" ] || mariadb-install-db --no-defaults --datadir="$folder/mariadb" \
    --user=root --auth-root-authentication-method=socket --skip-test-db > "$folder/mariadb.install.log" 2>&1
  setsid mariadbd --no-defaults --user=root --datadir="$folder/mariadb" \
    --socket="$folder/mariadb.socket" --pid-file="$folder/mariadbd.pid" \
    --bind-address=127.0.0.1 --port="$(cat "$folder/mariadb.port")" \
    --innodb-buffer-pool-size=64M > "$folder/mariadb.log" 2>&1 < /dev/null &
  wait_for 60 MariaDB mariadb-admin --no-defaults --socket="$folder/mariadb.socket" -u root ping
  database -e "CREATE DATABASE IF NOT EXISTS slurm;
    CREATE OR REPLACE USER slurm@'127.0.0.1' IDENTIFIED BY '$(cat "$folder/mariadb.password")';
    CREATE OR REPLACE USER slurm@localhost IDENTIFIED BY '$(cat "$folder/mariadb.password")';
    GRANT ALL ON slurm.* TO slurm@'127.0.0.1'; GRANT ALL ON slurm.* TO slurm@localhost;"

  slurmdbd
  wait_for 60 slurmdbd sacctmgr -n show cluster
  sacctmgr -i add cluster onenode > "$folder/sacctmgr.log" 2>&1 || true
  slurmctld -c
  wait_for 60 slurmctld scontrol ping
  slurmd -N node1
  wait_for 60 "the node" sh -c "sinfo -h -o %T | grep -qx idle"
  say "up: $(sinfo -h -o '%N, %c CPUs, %m MB, %T')"
  echo "export SLURM_CONF='$SLURM_CONF'"
}

# stop NAME: the daemon whose process id is in NAME.pid, if it is still that daemon.
stop() {
  local file="$folder/$1.pid" pid
  [ -s "$file" ] || return 0
  pid=$(cat "$file")
  if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$1" ]; then
    kill "$pid" 2>/dev/null || true
    for _ in $(seq 40); do kill -0 "$pid" 2>/dev/null || break; sleep 0.5; done
    kill -9 "$pid" 2>/dev/null || true
  fi
  rm -f "$file"
}

down() {
  [ -e "$folder/slurm.conf" ] || return 0
  timeout 10 scancel --state=PENDING --user="$(id -un)" 2>/dev/null || true
  timeout 10 scancel --state=RUNNING --user="$(id -un)" 2>/dev/null || true
  for _ in $(seq 20); do
    [ -n "$(timeout 5 squeue -h 2>/dev/null)" ] || break
    sleep 0.5
  done
  local daemon
  for daemon in slurmd slurmctld slurmdbd mariadbd munged; do stop "$daemon"; done
  rm -f "$folder/slurm.conf" "$folder/slurmdbd.conf" "$folder/mariadb.password" "$folder/munge.key"
  say "down"
}

case $action in
  up) up ;;
  down) down ;;
  env) echo "export SLURM_CONF='$SLURM_CONF'" ;;
  *) usage ;;
esac
