/** Commands that wipe files, disks and whole environments, or stop machines. */

import { type Action, argumentsUpTo, end, gap, oneOf, space, upTo, words } from './phrasing.js'

const fileWipe: Action = {
  id: 'action.file-wipe',
  summary: 'it holds a command that deletes files without asking',
  severity: 'high',
  finds: 'rm with the flags for recursive and force in any order, and what does the same on other systems.',
  hits: [
    'rm -rf /',
    'sudo rm -fr ~/work',
    'rm -r -f build',
    'rm -f --recursive /var/lib',
    'rm --recursive --force .',
    'rm -Rfv /*',
    'Remove-Item C:\\data -Recurse -Force',
    'del /f /s /q C:\\Users',
    'rd /s /q C:\\',
    'find / -type f -delete',
    "shutil.rmtree('/')",
  ],
  misses: ['rm notes.txt', 'rm -r build', 'rm -f x.log', 'the rm command', 'form -rf', 'find . -name x'],
  starts: ['rm ', 'remove-item', 'del ', 'rd ', 'rmdir ', 'find ', 'shutil'],
  phrases: [
    `rm${space}${argumentsUpTo(4)}-(?:[a-z]{0,8}r[a-z]{0,8}f|[a-z]{0,8}f[a-z]{0,8}r)`,
    `rm${space}${argumentsUpTo(4)}(?:-[a-z]{0,8}r[a-z]{0,8}|--recursive)${space}${argumentsUpTo(2)}(?:-[a-z]{0,8}f|--force)`,
    `rm${space}${argumentsUpTo(4)}(?:-[a-z]{0,8}f[a-z]{0,8}|--force)${space}${argumentsUpTo(2)}(?:-[a-z]{0,8}r|--recursive)`,
    `remove-item${space}${argumentsUpTo(4)}-(?:recurse${space}${argumentsUpTo(2)}-force|force${space}${argumentsUpTo(2)}-recurse)`,
    `(?:del|rd|rmdir)${space}(?:/[a-z]${space}){0,4}/(?:s${space}(?:/[a-z]${space}){0,3}/q|q${space}(?:/[a-z]${space}){0,3}/s)${end}`,
    `find${space}${argumentsUpTo(8)}-delete${end}`,
    'shutil\\.rmtree\\(',
  ],
}

const diskWipe: Action = {
  id: 'action.disk-wipe',
  summary: 'it holds a command that overwrites a disk',
  severity: 'high',
  finds: 'Formatting a drive, making a file system, and writing over a device.',
  hits: [
    'format c:',
    'mkfs.ext4 /dev/sda1',
    'dd if=/dev/zero of=/dev/sda bs=1M',
    'cat x > /dev/nvme0n1',
    'wipefs -a /dev/sdb',
    'shred -n 3 /dev/sda',
    'vssadmin delete shadows /all',
  ],
  misses: [
    'the format c: see below',
    'dd if=disk.img of=copy.img',
    'echo x > /dev/null',
    'format code',
    'mkfs makes a file system',
  ],
  starts: ['format ', 'mkfs', 'dd ', '> ', '>/dev/', 'wipefs', 'shred ', 'vssadmin'],
  phrases: [
    'format\\s{1,8}[a-z]:(?=\\s{0,8}(?:/|$|["\'`;&|]))',
    `mkfs(?:\\.[a-z0-9]{1,8})?${space}${argumentsUpTo(4)}/dev/`,
    `dd${space}${argumentsUpTo(6)}of=/dev/(?!null)`,
    '>\\s{0,4}/dev/(?:sd|hd|vd|xvd|nvme|mmcblk|disk)',
    `(?:wipefs|shred)${space}${argumentsUpTo(4)}/dev/`,
    `vssadmin${space}delete${space}shadows`,
  ],
}

const forkBomb: Action = {
  id: 'action.fork-bomb',
  summary: 'it holds a fork bomb',
  severity: 'high',
  finds: 'A function of the shell that calls itself twice, in its usual writings.',
  hits: [':(){ :|:& };:', ': ( ) { : | : & } ; :', 'bomb() { bomb | bomb & }; bomb', '%0|%0'],
  misses: ['smile :() {', 'f() { g | h & }', '50%0'],
  starts: [':(', ': ', 'f()', 'fork()', 'bomb()', 'forkbomb()', '%0|', '%0 |'],
  phrases: [
    ':\\s{0,4}\\(\\s{0,4}\\)\\s{0,4}\\{\\s{0,4}:\\s{0,4}\\|\\s{0,4}:\\s{0,4}&',
    '([a-z]{1,8})\\(\\)\\s{0,4}\\{\\s{0,4}\\1\\s{0,4}\\|\\s{0,4}\\1\\s{0,4}&',
    '%0\\s{0,4}\\|\\s{0,4}%0',
  ],
}

const environmentEnd: Action = {
  id: 'action.environment-end',
  summary: 'it holds a command that takes down an environment',
  severity: 'high',
  finds: 'Commands that delete namespaces, projects, groups, databases or all resources of a cluster or a cloud.',
  hits: [
    'kubectl delete pods --all -n prod',
    'kubectl delete namespace production',
    'terraform destroy -auto-approve',
    'terraform apply -destroy',
    'pulumi destroy --yes',
    'docker system prune -af',
    'docker rm -f $(docker ps -aq)',
    'aws s3 rb s3://backups --force',
    'aws s3 rm s3://data --recursive',
    'aws ec2 terminate-instances --instance-ids i-1',
    'aws rds delete-db-instance --db x',
    'gcloud projects delete acme',
    'az group delete --name rg',
  ],
  misses: [
    'kubectl delete pod web-1',
    'terraform plan',
    'docker rm web',
    'aws s3 rm s3://data/x.txt',
    'gcloud projects list',
  ],
  starts: ['kubectl', 'terraform', 'tofu', 'pulumi', 'docker', 'podman', 'aws ', 'gcloud', 'az '],
  phrases: [
    `kubectl${space}${argumentsUpTo(4)}delete${space}${argumentsUpTo(6)}--all${end}`,
    `kubectl${space}${argumentsUpTo(4)}delete${space}(?:namespaces?|ns|nodes?|pv|pvc|crds?)(?=[\\s/])`,
    `(?:terraform|tofu|pulumi)${space}${argumentsUpTo(4)}(?:destroy${end}|apply${space}${argumentsUpTo(4)}-{1,2}destroy)`,
    `(?:docker|podman)${space}(?:system|volume)${space}prune${space}${argumentsUpTo(3)}(?:-[a-z]{0,3}[af]|--all|--force)`,
    `(?:docker|podman)${space}(?:rm|rmi|kill|stop)${space}${argumentsUpTo(3)}\\$\\(`,
    `aws${space}${argumentsUpTo(4)}s3${space}(?:rb|rm)${space}${argumentsUpTo(4)}--(?:force|recursive)`,
    `aws${space}${argumentsUpTo(4)}(?:terminate-instances|delete-(?:db-instance|db-cluster|bucket|stack|cluster|table|user|volume|snapshot))`,
    `gcloud${space}${argumentsUpTo(4)}(?:projects|instances|clusters|databases)${space}delete${end}`,
    `az${space}(?:group|vm|aks|sql)${space}${argumentsUpTo(2)}delete${end}`,
  ],
}

const historyRewrite: Action = {
  id: 'action.history-rewrite',
  summary: 'it holds a push that overwrites a main branch',
  severity: 'high',
  finds: 'git push by force to main, master, production or release, or to all branches.',
  hits: [
    'git push --force origin main',
    'git push origin master -f',
    'git push origin +main',
    'git push --mirror --force',
    'git push -f --all',
  ],
  misses: ['git push origin main', 'git push --force-with-lease origin topic', 'git push -f origin my-topic'],
  starts: ['git '],
  phrases: [
    `git${space}push${space}${argumentsUpTo(4)}(?:-f|--force)${space}${argumentsUpTo(3)}(?:--all|--mirror|(?:[^\\s:]{1,40}:)?(?:main|master|production|prod|release)${end})`,
    `git${space}push${space}${argumentsUpTo(4)}(?:--all|--mirror|(?:main|master|production|prod|release))${space}${argumentsUpTo(3)}(?:-f|--force)(?![a-z0-9-])`,
    `git${space}push${space}${argumentsUpTo(4)}\\+(?:main|master|production|prod|release)${end}`,
  ],
}

const shutdown: Action = {
  id: 'action.shutdown',
  summary: 'it stops machines or services',
  severity: 'high',
  finds: 'Commands that stop or restart a machine, and phrases that ask for all or the production ones.',
  hits: [
    'shutdown -h now',
    'shutdown /s /t 0',
    'sudo systemctl poweroff',
    'shut down all servers',
    'Shutting down the production cluster',
    'Stop-Computer -Force',
    'kill -9 -1',
    'init 0',
  ],
  misses: ['a graceful shutdown', 'shut down the laptop', 'the shutdown handler', 'kill -9 4711', 'init 0x'],
  starts: ['shutdown ', 'shut', 'systemctl', 'stop-computer', 'kill ', 'killall5', 'init '],
  phrases: [
    `shutdown${space}(?:(?:/[srpht]|-[a-z]{1,3})(?![a-z])|now${end}|\\+\\d)`,
    words('shut(?:ting)?', 'down', `${upTo(2)}${oneOf('all', 'every', 'entire', 'production', 'prod')}`) +
      `${gap}${upTo(2)}${oneOf('servers?', 'systems?', 'services?', 'clusters?', 'instances', 'machines', 'nodes', 'plants?', 'infrastructure', 'network')}${end}`,
    `systemctl${space}(?:poweroff|halt|reboot|kexec)${end}`,
    `stop-computer${end}`,
    `kill${space}-(?:9|kill|sigkill)${space}-1${end}`,
    `init${space}[06](?=\\s*$|[;&|"'\`])`,
  ],
}

export const machineActions: readonly Action[] = [
  fileWipe,
  diskWipe,
  forkBomb,
  environmentEnd,
  historyRewrite,
  shutdown,
]
