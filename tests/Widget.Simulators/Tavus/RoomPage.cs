namespace Widget.Simulators.Tavus;

/// <summary>
/// The page at a conversation's URL: a minimal version of Daily's own interface, for pages that show the room in a frame.
/// </summary>
internal static class RoomPage
{
    public const string Html = """
        <!doctype html>
        <html lang="en">
          <head>
            <meta charset="utf-8" />
            <title>Room</title>
            <style>
              body { margin: 0; background: #1b1f27; color: #fff; font: 14px system-ui, sans-serif; }
              canvas { display: block; width: 100%; height: 70vh; object-fit: cover; }
              p { margin: 8px 12px; }
            </style>
          </head>
          <body>
            <canvas id="avatar" width="320" height="180"></canvas>
            <p id="state">Joining…</p>
            <p id="devices">…</p>
            <script>
              const state = document.getElementById('state');
              const pen = document.getElementById('avatar').getContext('2d');
              let there = false, tick = 0;
              setInterval(() => {
                pen.fillStyle = '#8fa6b5';
                pen.fillRect(0, 0, 320, 180);
                if (!there) return;
                pen.fillStyle = '#d9a887';
                pen.beginPath();
                pen.ellipse(160 + 30 * Math.sin(tick++ / 5), 90, 40, 52, 0, 0, Math.PI * 2);
                pen.fill();
              }, 66);
              navigator.mediaDevices?.getUserMedia({ audio: true, video: true }).then(
                () => (document.getElementById('devices').textContent = 'Camera and microphone are on.'),
                (error) => (document.getElementById('devices').textContent = error.name),
              );
              const address = new URL(location.href);
              const token = address.searchParams.get('t');
              address.protocol = address.protocol.replace('http', 'ws');
              address.search = '';
              address.pathname += '/socket';
              const socket = new WebSocket(address);
              socket.onopen = () => socket.send(JSON.stringify({ type: 'join', token }));
              socket.onmessage = ({ data }) => {
                const message = JSON.parse(data);
                if (message.type === 'joined') state.textContent = 'Waiting for the avatar…';
                if (message.type === 'replica') { there = true; state.textContent = 'The avatar is here.'; }
                if (message.type === 'refused') state.textContent = `Refused: ${message.reason}`;
                if (message.type === 'ended') { there = false; state.textContent = 'The call has ended.'; }
              };
            </script>
          </body>
        </html>
        """;
}
