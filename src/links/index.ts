export { LinksModule } from './links.module.js';
export { ResultLinks, type ResultLink } from './result-links.js';
