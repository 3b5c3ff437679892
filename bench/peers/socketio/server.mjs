// The room server one writes with Socket.IO: people join rooms, and what one says goes to all of
// them. Websocket transport only, no compression, no storage: the fastest it can be set up.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, {
  serveClient: false,
  transports: ["websocket"],
  perMessageDeflate: false,
});

io.on("connection", (socket) => {
  socket.on("join", (room, joined) => {
    socket.join(room);
    joined();
  });
  socket.on("say", (room, text, said) => {
    io.to(room).emit("message", { room, author: socket.id, at: Date.now(), text });
    said();
  });
});

http.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: http.address().port })));
process.on("SIGTERM", () => process.exit(0));
