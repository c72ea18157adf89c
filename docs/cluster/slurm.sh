#!/bin/bash
# Workers as a Slurm array: sbatch --array=1-40 slurm.sh nats://TOKEN@HEAD:4222
# Each takes the cores and the memory of its allocation, and ends when there is nothing to do.
#SBATCH --job-name=basin-worker
#SBATCH --cpus-per-task=8
#SBATCH --mem=16G
#SBATCH --time=04:00:00
#SBATCH --signal=TERM@60
#SBATCH --requeue
set -eu
export NATS_URL=$1 GOMAXPROCS=$SLURM_CPUS_PER_TASK
# srun passes the signal on: a minute before the end cells are given back, trainings as far as they are.
exec srun basin worker --cells "$SLURM_CPUS_PER_TASK" --memory "$((SLURM_MEM_PER_NODE / 1024 - 1))" --idle 10m
