/** Machines and disks of clouds as their makers publish them, each figure with its source. Bursts are left out: a broker works all day. */

/** Configs a profile can fill in. */
export type HardwareFigure = 'network.bytes.per.second' | 'disk.bytes.per.second' | 'disk.read.bytes.per.second' | 'page.cache.bytes' | 'disk.price.per.gb.month';

export interface HardwareProfile {
  readonly label: string;
  /** Value in the config's own unit, and where it is published. */
  readonly figures: Readonly<Partial<Record<HardwareFigure, { readonly value: number; readonly source: string }>>>;
}

const mib = 1_048_576;
const gib = 1_073_741_824;

/** Memory without 7 GiB: a heap of 6 GiB, as Kafka's operations manual suggests, and 1 GiB for everything else. */
function pageCache(memoryGib: number, source: string) {
  return { value: (memoryGib - 7) * gib, source: `${memoryGib} GiB of memory (${source}) without 7 GiB for heap and system, which is assumed` };
}

const ec2Network = { value: 1_250_000_000, source: '10 Gbit/s each way, docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-network-bandwidth.html' };
const ec2Memory = pageCache(128, 'aws.amazon.com/ec2/instance-types/m5');
const gp3Price = { value: 0.08, source: 'gp3 in us-east-1 without extra throughput, aws.amazon.com/ebs/pricing' };

function gp3(mebibytes: number, how: string) {
  return { value: mebibytes * mib, source: `${mebibytes} MiB/s, ${how}, docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html` };
}

function azureDisk() {
  return { value: 200_000_000, source: 'P30: 200 MB/s, below the 290 MB/s of the machine, learn.microsoft.com/azure/virtual-machines/disks-types' };
}

function persistentDisk() {
  return { value: 480 * mib, source: '0.48 MiB/s for each of 1,000 GiB, cloud.google.com/compute/docs/disks/performance' };
}

/** By the name `hardware.profile` takes. */
export const hardwareProfiles: Readonly<Record<string, HardwareProfile>> = {
  'aws-m5.8xlarge-gp3': {
    label: 'AWS m5.8xlarge, EBS gp3 as it comes',
    figures: {
      'network.bytes.per.second': ec2Network,
      'disk.bytes.per.second': gp3(125, 'the baseline of gp3'),
      'disk.read.bytes.per.second': gp3(125, 'the baseline of gp3'),
      'page.cache.bytes': ec2Memory,
      'disk.price.per.gb.month': gp3Price,
    },
  },
  'aws-m5.8xlarge-gp3-500': {
    label: 'AWS m5.8xlarge, EBS gp3 with 500 MiB/s',
    figures: {
      'network.bytes.per.second': ec2Network,
      'disk.bytes.per.second': gp3(500, 'provisioned, of at most 1,000'),
      'disk.read.bytes.per.second': gp3(500, 'provisioned, of at most 1,000'),
      'page.cache.bytes': ec2Memory,
      'disk.price.per.gb.month': gp3Price,
    },
  },
  'azure-d8s-v5-p30': {
    label: 'Azure D8s v5, Premium SSD P30',
    figures: {
      'network.bytes.per.second': { value: 1_562_500_000, source: '12,500 Mbit/s, learn.microsoft.com/azure/virtual-machines/dv5-dsv5-series' },
      'disk.bytes.per.second': azureDisk(),
      'disk.read.bytes.per.second': azureDisk(),
      'page.cache.bytes': pageCache(32, 'learn.microsoft.com/azure/virtual-machines/dv5-dsv5-series'),
    },
  },
  'gcp-n2-standard-8-pd-ssd-1000': {
    label: 'Google Cloud n2-standard-8, 1,000 GiB of pd-ssd',
    figures: {
      'network.bytes.per.second': { value: 2_000_000_000, source: '16 Gbit/s out, 2 for each of 8 vCPUs, cloud.google.com/compute/docs/network-bandwidth' },
      'disk.bytes.per.second': persistentDisk(),
      'disk.read.bytes.per.second': persistentDisk(),
      'page.cache.bytes': pageCache(32, 'cloud.google.com/compute/docs/general-purpose-machines'),
    },
  },
};
