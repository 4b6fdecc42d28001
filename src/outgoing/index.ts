export { OutgoingModule } from './outgoing.module.js';
export { OutgoingPosts, type OutgoingPost, type PostAnswer } from './outgoing-posts.js';
