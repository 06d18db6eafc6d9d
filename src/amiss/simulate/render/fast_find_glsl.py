"""The programs that find what stands behind each pixel, and where that must be looked at closer."""

from amiss.simulate.render.fast_glsl import HEAD, TRAY, WHOLE

WHICH = (
    HEAD
    + """
in vec4 place;
uniform mat4 view;
void main() {
    gl_Position = view * vec4(place.xyz, 1.0);
}
""",
    HEAD
    + """
out float which;  // the triangle; floats count exactly to 2²⁴
void main() {
    which = float(gl_PrimitiveID);
}
""",
)

WHICH_FILM = (
    WHICH[0],
    HEAD
    + """
uniform sampler2D before;  // depth of the item, which may hide it
out float which;
void main() {
    if (gl_FragCoord.z > texelFetch(before, ivec2(gl_FragCoord.xy), 0).r) discard;
    which = float(gl_PrimitiveID);
}
""",
)

SORT = (
    WHOLE,
    HEAD
    + TRAY
    + """
uniform sampler2D depths;  // of four samples for each pixel
uniform sampler2D which;
uniform isampler2D faces;  // the fourth number: its cloth
uniform vec3 eye;
uniform mat3 ray;
uniform float focal;  // samples
const float BEND = 0.4;  // what slope must change by at once to be an edge; tangent
out float kind;  // 1: shows the item, 2: shows the tray, 4: and an edge; all over 255

ivec2 last;

float depth_at(ivec2 probe) {
    return texelFetch(depths, clamp(probe, ivec2(0), last), 0).r;
}

// How much a step from the second to the third of a line differs from those beside it.
float jumps(float a, float b, float c, float d) {
    float step = c - b;
    return min(abs(step - (b - a)), abs(step - (d - c)));
}

int cloth_at(ivec2 probe) {
    int index = int(texelFetch(which, probe, 0).r);
    return texelFetch(faces, ivec2(index & 1023, index >> 10), 0).w;
}

bool tray_at(vec2 probe) {
    vec3 way = ray * vec3(probe, 1.0);
    return way.z < 0.0 && on_tray((eye - way * (eye.z / way.z)).xy);
}

void main() {
    ivec2 here = ivec2(gl_FragCoord.xy) * 2;
    last = textureSize(depths, 0) - 1;
    vec4 inner = vec4(depth_at(here), depth_at(here + ivec2(1, 0)), depth_at(here + ivec2(0, 1)),
                      depth_at(here + 1));
    vec2 left = vec2(depth_at(here + ivec2(-1, 0)), depth_at(here + ivec2(-1, 1)));
    vec2 right = vec2(depth_at(here + ivec2(2, 0)), depth_at(here + ivec2(2, 1)));
    vec2 under = vec2(depth_at(here + ivec2(0, -1)), depth_at(here + ivec2(1, -1)));
    vec2 over = vec2(depth_at(here + ivec2(0, 2)), depth_at(here + ivec2(1, 2)));
    float most = max(max(jumps(left.x, inner.x, inner.y, right.x),
                         jumps(left.y, inner.z, inner.w, right.y)),
                     max(jumps(under.x, inner.x, inner.z, over.x),
                         jumps(under.y, inner.y, inner.w, over.y)));
    float nearest = min(min(inner.x, inner.y), min(inner.z, inner.w));
    float farthest = max(max(inner.x, inner.y), max(inner.z, inner.w));
    // Depths are linear in 1 / z, in which planes are planes.
    bool bent = most > BEND * (1.0 - nearest) / focal;
    ivec4 cloths = ivec4(cloth_at(here), cloth_at(here + ivec2(1, 0)),
                         cloth_at(here + ivec2(0, 1)), cloth_at(here + 1));
    bool sewn = any(notEqual(cloths, cloths.xxxx));
    vec2 corner = vec2(here);
    bool rim = tray_at(corner);
    bool ends = tray_at(corner + vec2(2.0, 0.0)) != rim || tray_at(corner + vec2(0.0, 2.0)) != rim
        || tray_at(corner + 2.0) != rim;
    bool item = nearest < 1.0;
    bool tray = farthest == 1.0;
    bool edge = item ? tray || bent || sewn : ends;
    kind = (float(item) + 2.0 * float(tray) + 4.0 * float(edge)) / 255.0;
    gl_FragDepth = item ? 0.5 : 1.0;
}
""",
)

SORT_FILM = (
    WHOLE,
    HEAD
    + """
uniform sampler2D depths;
void main() {
    ivec2 here = ivec2(gl_FragCoord.xy) * 2;
    float nearest = min(min(texelFetch(depths, here, 0).r,
                            texelFetch(depths, here + ivec2(1, 0), 0).r),
                        min(texelFetch(depths, here + ivec2(0, 1), 0).r,
                            texelFetch(depths, here + 1, 0).r));
    gl_FragDepth = nearest < 1.0 ? 0.5 : 1.0;
}
""",
)
