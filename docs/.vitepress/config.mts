import { defineConfig } from 'vitepress';
import { HOME } from '../../shared/src/core/home.ts';

const page = (text: string, link: string) => ({ text, link });

export default defineConfig({
  title: 'AWS OIDC Assume',
  description: 'Short-lived AWS credentials for Bitbucket Pipelines and Azure Pipelines. No stored keys.',
  lang: 'en-US',
  // Relative, so the folder works at any address.
  base: process.env['SITE_BASE'] ?? '/',
  outDir: 'dist',
  cleanUrls: false,
  lastUpdated: false,
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [page('Guides', '/bitbucket'), page('Security', '/security'), page('Troubleshooting', '/troubleshooting')],
    sidebar: [
      {
        text: 'Guides',
        items: [
          page('Bitbucket Pipelines', '/bitbucket'),
          page('Azure Pipelines', '/azure-devops'),
          page('Moving off stored keys', '/moving-off-stored-keys'),
          page('Platform teams', '/platform-teams'),
          page('Azure DevOps in 2027', '/azure-issuer-change'),
        ],
      },
      {
        text: 'IAM',
        items: [page('Trust policies', '/trust-policies'), page('Many accounts', '/organizations')],
      },
      {
        text: 'When it fails',
        items: [
          page('Troubleshooting', '/troubleshooting'),
          page('Messages', '/messages'),
          page('Questions and answers', '/faq'),
        ],
      },
      {
        text: 'Reference',
        items: [
          page('Options', '/options'),
          page('Command line', '/cli'),
          page('Tools that use the credentials', '/consumers'),
          page('Security', '/security'),
          page('How it compares', '/comparison'),
          page('Performance', '/performance'),
          page('Reliability', '/reliability'),
        ],
      },
      { text: 'Contributing', items: [page('Architecture', '/ARCHITECTURE')] },
    ],
    socialLinks: [{ icon: 'github', link: HOME }],
  },
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config: (md) => {
      // Links to files outside docs/ work on the code's home and in a checkout. On the site they refer to that home.
      md.core.ruler.push('links-to-home', ({ tokens }) => {
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          // Vue would read the braces of `${{ parameters.x }}`.
          if (token.type === 'code_inline') token.attrSet('v-pre', '');
          const href = token.attrGet('href');
          if (token.type === 'link_open' && href?.startsWith('../')) {
            token.attrSet('href', `${HOME}/blob/main/${href.slice('../'.length)}`);
          }
        }
      });
    },
  },
});
