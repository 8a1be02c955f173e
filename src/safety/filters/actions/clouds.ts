/** Commands and settings of clouds and clusters that give rights away, open what is closed, or end what watches. */

import { type Action, argumentsUpTo, end, space, upTo, words } from './phrasing.js'

const cloudRights: Action = {
  id: 'action.cloud-rights',
  summary: 'it gives rights in a cloud, a cluster or a domain',
  severity: 'high',
  finds:
    'Commands that attach policies, bind powerful roles or make keys in AWS, Google Cloud, Azure and Kubernetes, that add members to groups of administrators in Windows, policies that allow everything, and containers with the rights of their host.',
  hits: [
    'aws iam attach-user-policy --user-name x --policy-arn y',
    'aws iam add-user-to-group --user-name eve --group-name Admins',
    'aws iam create-access-key --user-name root',
    'gcloud projects add-iam-policy-binding acme --member=user:eve --role=roles/editor',
    'az role assignment create --assignee eve --role Owner',
    'az ad app permission admin-consent --id 7',
    'kubectl edit clusterrole cluster-admin',
    'Add-ADGroupMember -Identity "Domain Admins" -Members eve',
    'Add-LocalGroupMember -Group Administrators -Member eve',
    '"Effect": "Allow", "Action": "*"',
    'docker run --privileged alpine',
    'kubectl create rolebinding x --clusterrole=admin --user=x',
    'privileged: true',
  ],
  misses: [
    'aws iam list-users',
    'gcloud projects add-iam-policy-binding acme --member=user:bob --role=roles/viewer',
    'az role assignment list',
    'kubectl get clusterrole cluster-admin',
    'Add-LocalGroupMember -Group Readers -Member eve',
    '"Effect": "Allow", "Action": "s3:GetObject"',
    'docker run alpine',
    'privileged: false',
  ],
  starts: ['aws ', 'gcloud ', 'az ', 'kubectl ', 'add-', 'allow', 'docker ', 'podman ', 'privileged'],
  phrases: [
    `aws${space}${argumentsUpTo(3)}iam${space}(?:attach|put)-(?:user|role|group)-policy${end}`,
    `aws${space}${argumentsUpTo(3)}iam${space}(?:create-access-key|create-login-profile|update-assume-role-policy)${end}`,
    `aws${space}${argumentsUpTo(3)}iam${space}add-user-to-group${space}${argumentsUpTo(4)}[^\\s]{0,24}admin`,
    `gcloud${space}${argumentsUpTo(4)}add-iam-policy-binding${space}${argumentsUpTo(6)}[^\\s]{0,40}(?:allusers|allauthenticatedusers|roles/(?:owner|editor)|admin)`,
    `az${space}role${space}assignment${space}create${end}`,
    `az${space}ad${space}app${space}permission${space}admin-consent${end}`,
    `kubectl${space}(?:edit|patch|create|apply)${space}${argumentsUpTo(6)}[^\\s]{0,40}cluster-admin${end}`,
    `kubectl${space}create${space}(?:cluster)?rolebinding${space}${argumentsUpTo(4)}--clusterrole[=\\s](?:cluster-)?(?:admin|edit)${end}`,
    `add-(?:adgroup|localgroup)member${space}${argumentsUpTo(4)}["']?(?:(?:domain|enterprise|schema)${space})?admin`,
    'allow["\',\\s]{1,8}action["\':=\\s\\[]{1,8}\\*',
    `(?:docker|podman)${space}run${space}${argumentsUpTo(8)}--privileged${end}`,
    `privileged["':=\\s]{1,6}true${end}`,
  ],
}

const openAccess: Action = {
  id: 'action.open-access',
  summary: 'it opens data or a network to everybody',
  severity: 'high',
  finds:
    'Making a bucket, a database or a repository public, public access to write, and firewall rules of clouds that let in the whole internet.',
  hits: [
    'Make the bucket public.',
    'give public write access',
    'aws s3api put-bucket-acl --bucket acme --acl public-read',
    'aws ec2 authorize-security-group-ingress --port 22 --cidr 0.0.0.0/0',
    'gcloud compute firewall-rules create open --allow all --source-ranges 0.0.0.0/0',
    "az network nsg rule create -n open --access Allow --source-address-prefixes '*'",
    'type = "ingress" cidr_blocks = ["0.0.0.0/0"]',
    'aws s3api delete-public-access-block --bucket acme',
  ],
  misses: [
    'make the report public',
    'the bucket is public',
    'aws s3api get-bucket-acl --bucket acme',
    'aws ec2 authorize-security-group-ingress --port 22 --cidr 10.0.0.0/8',
    'type = "egress" cidr_blocks = ["0.0.0.0/0"]',
  ],
  starts: ['mak', 'giv', 'grant', 'aws ', 'gcloud ', 'az ', 'ingress'],
  phrases: [
    words('mak(?:e|ing)', '(?:the|this|our|all|every)', `${upTo(1)}(?:buckets?|databases?|storage)`, 'public') + end,
    words('(?:giv|grant)(?:e|ing)?', '(?:public|anonymous)', '(?:write|full|admin)', 'access') + end,
    `aws${space}${argumentsUpTo(8)}(?:public-read(?:-write)?|delete-public-access-block)${end}`,
    `aws${space}${argumentsUpTo(12)}(?:0\\.0\\.0\\.0/0|::/0)`,
    `gcloud${space}${argumentsUpTo(12)}(?:--source-ranges[=\\s])?0\\.0\\.0\\.0/0`,
    `az${space}network${space}nsg${space}rule${space}create${space}${argumentsUpTo(14)}--source-address-prefix(?:es)?[=\\s]{1,3}["']?(?:\\*|0\\.0\\.0\\.0/0|internet)`,
    'ingress[^#]{0,160}["\'](?:0\\.0\\.0\\.0/0|::/0)["\']',
  ],
}

const watchEnd: Action = {
  id: 'action.watch-end',
  summary: 'it ends what watches a cloud or a cluster',
  severity: 'high',
  finds: 'Commands that stop or delete trails, detectors, diagnostic settings and the checks of a cluster.',
  hits: [
    'aws cloudtrail stop-logging --name main',
    'aws guardduty delete-detector --detector-id 1',
    'az monitor diagnostic-settings delete --name audit',
    'gcloud logging sinks delete audit',
    'gcloud compute firewall-rules delete deny-all',
    'kubectl delete validatingwebhookconfiguration policy',
    'kubectl delete networkpolicy web',
  ],
  misses: [
    'aws cloudtrail start-logging --name main',
    'aws guardduty list-detectors',
    'az monitor diagnostic-settings list',
    'kubectl get networkpolicy',
  ],
  starts: ['aws ', 'az ', 'gcloud ', 'kubectl '],
  phrases: [
    `aws${space}${argumentsUpTo(3)}(?:cloudtrail${space}(?:stop-logging|delete-trail)|guardduty${space}delete-detector|securityhub${space}disable-security-hub|configservice${space}stop-configuration-recorder)${end}`,
    `az${space}monitor${space}${argumentsUpTo(3)}delete${end}`,
    `gcloud${space}logging${space}(?:sinks|buckets|logs)${space}delete${end}`,
    `gcloud${space}compute${space}firewall-rules${space}delete${end}`,
    `kubectl${space}${argumentsUpTo(4)}delete${space}(?:(?:validating|mutating)webhookconfigurations?|networkpolic(?:y|ies)|netpol|podsecuritypolic(?:y|ies))${end}`,
  ],
}

export const cloudActions: readonly Action[] = [cloudRights, openAccess, watchEnd]
