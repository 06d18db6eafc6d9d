"""GLSL 3.30 that several of the fast renderer's programs share."""

HEAD = "#version 330\n"

WHOLE = (
    HEAD
    + """
// One triangle over the whole target, as far away as can be.
void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0;
    gl_Position = vec4(corner * 2.0 - 1.0, 1.0, 1.0);
}
"""
)

LIGHTS = """
const float PI = 3.14159265;
// Always four lights, so that loops unroll; those that are missing have no size.
uniform vec3 centre[4];
uniform vec3 half_u[4];  // the longer side
uniform vec3 half_v[4];
uniform vec3 radiance[4];
uniform vec3 facing[4];  // where it shines, as long as its area
uniform vec3 environment;

// Irradiance of light i, were nothing in the way: three Gauss points along its longer side.
float reaches(int i, vec3 point, vec3 normal) {
    float sum = 0.0;
    for (int k = 0; k < 3; k++) {
        vec3 way = centre[i] + half_u[i] * (0.7745967 * float(k - 1)) - point;
        float square = dot(way, way);
        float both = max(dot(normal, way), 0.0) * max(-dot(facing[i], way), 0.0);
        sum += (k == 1 ? 0.4444444 : 0.2777778) * both / (square * square);
    }
    return sum;
}
"""

TRAY = """
uniform vec2 size;   // of the tray, metres
uniform vec2 inner;  // around the item: its corner with the smallest x and y,
uniform vec2 outer;  // and the other; the light there is kept finer
const float RIM = 0.1;  // share of the cells on either side of it

// A point of the tray to its place in the light's table, in [0, 1]².
vec2 cell_of(vec2 point) {
    vec2 before = clamp((point + size / 2.0) / (inner + size / 2.0), 0.0, 1.0);
    vec2 within = clamp((point - inner) / (outer - inner), 0.0, 1.0);
    vec2 after = clamp((point - outer) / (size / 2.0 - outer), 0.0, 1.0);
    return RIM * before + (1.0 - 2.0 * RIM) * within + RIM * after;
}

vec2 point_of(vec2 cell) {
    vec2 before = min(cell / RIM, 1.0);
    vec2 within = clamp((cell - RIM) / (1.0 - 2.0 * RIM), 0.0, 1.0);
    vec2 after = max((cell - 1.0 + RIM) / RIM, 0.0);
    return -size / 2.0 + before * (inner + size / 2.0) + within * (outer - inner)
        + after * (size / 2.0 - outer);
}

bool on_tray(vec2 point) {
    return all(lessThan(abs(point), size / 2.0));
}
"""
