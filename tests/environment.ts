/**
 * What a shell would have: nothing that pnpm, npm or a test runner set for what runs below them. (pnpm's commands name
 * their own store in `NODE_PATH`, in which a project would find packages that it never asked for.)
 */
export const outsideOfNpm: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(
    ([key]) =>
      !/^(npm_(?!config_)|npm_config_local_prefix$|NODE_OPTIONS$|NODE_PATH$|INIT_CWD$|pnpm_|PNPM_(?!HOME$)|VITEST|NODE_ENV$|BRIDGE_(?!CI_RUN$))/.test(
        key
      )
  )
)
